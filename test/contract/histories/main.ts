import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'

/** `npm run test:histories -- --minutes 60 [--seed 7]`: the random histories and crashes of every store, for longer. */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } } })
const minutes = Number(values.minutes)
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000))
if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error('--minutes is a positive number, --seed an integer')

console.log(`seeds from ${seed} on, ${minutes} minutes for each store`)
const child = spawn('npx', ['vitest', 'run', '--project', 'unit', 'histories', 'faults', 'crash'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    HISTORY_MINUTES: String(minutes),
    STORE_SEED: String(seed),
    STORE_CRASHES: String(Math.ceil(minutes * 60)),
  },
})
const [code] = (await once(child, 'exit')) as [number | null]
process.exitCode = code ?? 1

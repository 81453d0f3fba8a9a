import { parseArgs } from 'node:util'
import { runFuzz } from './fuzz-target.ts'
import { targets } from './targets.ts'

/** `npm run fuzz:agent -- --inputs 1000000 [--seed 7] [--target SPDY]`: odd bytes for every door of the agent. */
const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '1000000' }, seed: { type: 'string' }, target: { type: 'string' } },
})
const inputs = Number(values.inputs)
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000))
if (!(inputs > 0) || !Number.isInteger(seed)) throw new Error('--inputs is a positive number, --seed an integer')
const chosen = Object.entries(targets).filter(([name]) => values.target === undefined || name === values.target)
if (chosen.length === 0) throw new Error(`--target is one of ${Object.keys(targets).join(', ')}`)

let running = ''
// What an agent would end by, or only log.
for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, (error) => {
    console.error(`${running}: nobody caught this, seeds from ${seed} on:`, error)
    process.exit(1)
  })

console.log(`seeds from ${seed} on`)
for (const [name, open] of chosen) {
  running = name
  try {
    const { seconds, grownBytes } = await runFuzz(open, { inputs, seed })
    console.log(
      `${name.padEnd(16)} ${inputs} inputs  ${seconds.toFixed(1).padStart(7)} s  ${(grownBytes / 2 ** 20).toFixed(1)} MiB more`,
    )
  } catch (error) {
    console.error(`${name.padEnd(16)} FAILED`, error)
    process.exitCode = 1
  }
}
process.exit()

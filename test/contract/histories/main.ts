import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { HistoryReport } from './run-seeds.ts'

/** `npm run test:histories -- --minutes 60 [--seed 7]`: the random histories and crashes of every store, for longer. */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } } })
const minutes = Number(values.minutes)
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000))
if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error('--minutes is a positive number, --seed an integer')

console.log(`seeds from ${seed} on, ${minutes} minutes for each of four kinds, beside each other`)
const folder = mkdtempSync(join(tmpdir(), 'windlass-histories-'))
const report = join(folder, 'report')
const files = ['storage/dynamodb/histories', 'storage/lmdb/histories', 'storage/lmdb/crash', 'storage/lmdb/opening']
// All at once, however few the processors: most of the time each waits.
const child = spawn('npx', ['vitest', 'run', '--project', 'unit', '--maxWorkers', String(files.length), ...files], {
  stdio: 'inherit',
  env: { ...process.env, HISTORY_MINUTES: String(minutes), STORE_SEED: String(seed), HISTORY_REPORT: report },
})
const [code] = (await once(child, 'exit')) as [number | null]

const lines = existsSync(report) ? readFileSync(report, 'utf8').trim().split('\n') : []
rmSync(folder, { recursive: true })
console.log(`\n${'what'.padEnd(24)} ${'seeds'.padEnd(20)} operations  crashes  minutes`)
for (const { what, seeds, operations, crashes, seconds, failure } of lines.map((line) => JSON.parse(line) as HistoryReport)) {
  const figures = [String(operations).padStart(10), String(crashes).padStart(8), (seconds / 60).toFixed(1).padStart(8)]
  console.log(
    `${what.padEnd(24)} ${seeds.padEnd(20)} ${figures.join(' ')}  ${failure === undefined ? 'clean' : `FAILED at ${failure}`}`,
  )
}
process.exitCode = code ?? 1

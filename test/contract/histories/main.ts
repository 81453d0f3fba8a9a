import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { lookFor, plantedBugs } from './planted.ts'
import type { HistoryReport } from './run-seeds.ts'

/**
 * `npm run test:histories -- --minutes 60 [--seed 7]`: the random histories and crashes of every store, for longer.
 * `npm run test:histories -- --planted [NAME …]`: whether they find each bug of test/contract/planted, in two minutes at the most.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, planted: { type: 'boolean' } },
})
const minutes = Number(values.minutes ?? (values.planted ? 2 : 10))
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000))
if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error('--minutes is a positive number, --seed an integer')

const runPlanted = async (names: readonly string[]): Promise<number> => {
  const all = plantedBugs()
  const unknown = names.find((name) => !all.some((bug) => bug.name === name))
  if (unknown !== undefined) throw new Error(`there is no planted bug "${unknown}"`)
  const bugs = names.length === 0 ? all : all.filter(({ name }) => names.includes(name))
  let left = bugs.length
  for (const bug of bugs) {
    const { outcome, seconds, said } = await lookFor(bug, minutes)
    if (outcome === 'caught') left--
    console.log(`${outcome.padEnd(7)} ${String(seconds).padStart(4)} s  ${bug.name.padEnd(42)} ${bug.what}`)
    console.log(`                 ${said.split('\n')[0]?.slice(0, 200)}`)
    if (outcome === 'broken') console.log(said)
  }
  console.log(`\n${bugs.length - left} of ${bugs.length} planted bugs were caught`)
  return left === 0 ? 0 : 1
}

const runHistories = async (): Promise<number> => {
  console.log(`seeds from ${seed} on, ${minutes} minutes for each of five kinds, beside each other`)
  const folder = mkdtempSync(join(tmpdir(), 'windlass-histories-'))
  const report = join(folder, 'report')
  const files = [
    'storage/dynamodb/histories',
    'storage/lmdb/histories',
    'storage/lmdb/crash',
    'storage/lmdb/opening',
    'storage/lmdb/owners',
  ]
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
  return code ?? 1
}

process.exitCode = values.planted ? await runPlanted(positionals) : await runHistories()

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HistoryReport } from './run-seeds.ts'

/** A bug that a patch puts into a copy of the sources, for the histories to find. */
export interface PlantedBug {
  readonly name: string
  readonly what: string
  readonly store: keyof typeof histories
  readonly file: string
}

export interface PlantedOutcome {
  /** `caught`: the histories found a contradiction. `missed`: they found none in time. `broken`: they could not run, or the patch does not apply. */
  readonly outcome: 'caught' | 'missed' | 'broken'
  readonly seconds: number
  /** what was found, or why it could not be looked for */
  readonly said: string
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const folder = fileURLToPath(new URL('../planted/', import.meta.url))

/** What looks for bugs of each kind. */
const histories = {
  lmdb: 'test/shared/storage/lmdb/histories.test.ts',
  opening: 'test/shared/storage/lmdb/opening.test.ts',
  owners: 'test/shared/storage/lmdb/owners.test.ts',
  crash: 'test/shared/storage/lmdb/crash.test.ts',
  dynamodb: 'test/shared/storage/dynamodb/histories.test.ts',
} as const

/** All planted bugs: a patch each, whose first line says what it does and whose second where it is looked for. */
export const plantedBugs = (): PlantedBug[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.patch'))
    .sort()
    .map((name) => {
      const file = join(folder, name)
      const [what = '', second = ''] = readFileSync(file, 'utf8').split('\n')
      const store = second.replace('store: ', '') as PlantedBug['store']
      if (!histories[store]) throw new Error(`${name}: its second line is "store: " and one of ${Object.keys(histories)}`)
      return { name: name.replace('.patch', ''), what, store, file }
    })

/** Runs the histories on a copy of the sources with the bug in it, for `minutes` at the most. */
export const lookFor = async (bug: PlantedBug, minutes: number): Promise<PlantedOutcome> => {
  const start = performance.now()
  const copy = mkdtempSync(join(tmpdir(), 'windlass-planted-'))
  const outcome = (kind: PlantedOutcome['outcome'], said: string): PlantedOutcome => ({
    outcome: kind,
    seconds: Math.round((performance.now() - start) / 1000),
    said,
  })
  try {
    for (const name of ['shared', 'test', 'local', 'package.json', 'tsconfig.json', 'vitest.config.ts'])
      cpSync(join(root, name), join(copy, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    try {
      // Little of what stands around it, so that a neighbour's change leaves the bug where it is.
      execFileSync('git', ['apply', '-C1', '--unsafe-paths', `--directory=${copy}`, bug.file], { cwd: '/', stdio: 'pipe' })
    } catch (error) {
      return outcome('broken', `the patch does not apply: ${String((error as { stderr: Buffer }).stderr).trim()}`)
    }
    const { report, output } = await run(copy, histories[bug.store], minutes)
    if (report?.found) return outcome('caught', report.failure ?? '')
    if (report) return outcome(report.failure === undefined ? 'missed' : 'broken', report.failure ?? '')
    // A run that ends without a report did not get so far as to look.
    return outcome('broken', output.slice(-2000))
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

const run = async (
  directory: string,
  file: string,
  minutes: number,
): Promise<{ report: HistoryReport | undefined; output: string }> => {
  const reportFile = join(directory, 'report')
  const child: ChildProcess = spawn('npx', ['vitest', 'run', '--project', 'unit', '--retry', '0', file], {
    cwd: directory,
    env: { ...process.env, HISTORY_MINUTES: String(minutes), HISTORY_REPORT: reportFile },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  // A planted bug may also make everybody wait for ever.
  const late = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), (minutes + 1) * 60_000)
  await once(child, 'close')
  clearTimeout(late)
  const [line] = existsSync(reportFile) ? readFileSync(reportFile, 'utf8').split('\n') : []
  return { report: line ? JSON.parse(line) : undefined, output }
}

import { appendFileSync } from 'node:fs'

/** What a run of histories did, for the table at the end of `npm run test:histories`. */
export interface HistoryReport {
  readonly what: string
  readonly seeds: string
  readonly operations: number
  readonly crashes: number
  readonly seconds: number
  readonly failure?: string | undefined
  /** the failure is of what was looked for, not of how it was looked for */
  readonly found?: boolean | undefined
}

/** What clients saw contradicts the store's contract. */
export class HistoryFinding extends Error {
  override readonly name = 'HistoryFinding'
}

/** Histories ask for nothing that a store may refuse: that it was dropped, or is not there yet, is a contradiction too. */
const findings = new Set(['HistoryFinding', 'AssertionError', 'RevisionExpired', 'RevisionInFuture'])

/** How long histories run, and from which seed on; without it, as `npm test` runs them, few seeds. */
export const minutes = Number(process.env.HISTORY_MINUTES ?? 0)
export const firstSeed = Number(process.env.STORE_SEED ?? 1)

/** Seed after seed until the time is over, `least` of them at least. What a seed finds is said at once, and ends the run. */
export const runSeeds = async (options: {
  what: string
  least: number
  run: (seed: number) => Promise<{ operations: number; crashes?: number }>
}): Promise<void> => {
  const { what, least, run } = options
  const start = performance.now()
  let seed = firstSeed
  let operations = 0
  let crashes = 0
  const report = (failure?: string, found?: boolean) => {
    const seconds = Math.round((performance.now() - start) / 1000)
    writeReport({ what, seeds: `${firstSeed}–${seed - 1}`, operations, crashes, seconds, failure, found })
  }
  try {
    for (; seed < firstSeed + least || performance.now() - start < minutes * 60_000; seed++) {
      const done = await run(seed)
      operations += done.operations
      crashes += done.crashes ?? 0
    }
  } catch (error) {
    console.error(`${what}, seed ${seed}:`, error)
    const found = findings.has((error as Error).name) || isLoss(error)
    report(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, found)
    throw error
  }
  report()
}

/** A store that says itself that it has lost something was found out as well. */
const isLoss = (error: unknown) => error instanceof Error && error.message.includes('has lost parts')

const writeReport = (report: HistoryReport): void => {
  const file = process.env.HISTORY_REPORT
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(report)}\n`)
}

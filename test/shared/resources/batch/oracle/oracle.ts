import { inModuleCache, startGoProgram } from '../../../../oracle/go-program.ts'

/** What upstream's library of schedules says. */
export interface Oracle {
  ask(question: { schedule: string; afterMs: number; count: number }): Promise<{ error?: string; times: number[] }>
  stop(): void
}

/** Undefined: the oracle can be asked. */
export const { missing: missingOracle } = inModuleCache('github.com/robfig/cron/v3@v3.0.1')

export const startOracle = (): Oracle =>
  startGoProgram({
    main: new URL('./main.go', import.meta.url),
    needs: 'module oracle\n\ngo 1.21\n\nrequire github.com/robfig/cron/v3 v3.0.1\n',
  })

/** One line of the printed table. */
export interface Measure {
  readonly what: string
  readonly value: number
  readonly unit: 's' | 'MiB' | '1/s'
}

export interface Scenario {
  readonly title: string
  /** why it can't run here; undefined when it can */
  skipped?(): string | undefined
  run(report: (measure: Measure) => void): Promise<void>
}

export const secondsSince = (start: number) => (performance.now() - start) / 1000

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

/** One line of the printed table. */
export interface Measure {
  readonly what: string
  readonly value: number
  readonly unit: 's' | 'ms' | 'MiB' | '1/s' | 'requests' | 'units' | '$'
  /** the same of another server, measured in the same run, and what this one's value over it should be at least, or at most */
  readonly peer?:
    | { readonly value: number; readonly aim?: { readonly atLeast: number } | { readonly atMost: number } }
    | undefined
}

export interface Scenario {
  readonly title: string
  /** why it can't run here; undefined when it can */
  skipped?(): string | undefined
  run(report: (measure: Measure) => void): Promise<void>
}

export const secondsSince = (start: number) => (performance.now() - start) / 1000

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

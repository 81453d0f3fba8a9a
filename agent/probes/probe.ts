export type ProbeKind = 'liveness' | 'readiness' | 'startup'
export type ProbeResult = 'success' | 'failure'

/** undefined: not known yet, or there is no such probe */
export interface ProbeResults {
  get(containerId: string, kind: ProbeKind): ProbeResult | undefined
}

/** One try; `output` says why it failed. */
export interface ProbeOutcome {
  readonly ok: boolean
  readonly output: string
  /** fine, but for this */
  readonly warning?: string | undefined
}

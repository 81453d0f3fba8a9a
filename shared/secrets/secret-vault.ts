/** Where values of Secrets are kept one to one, outside of the store. Names are ours; versions are made once and never change. */
export interface SecretVault {
  /** Keeps a value as a version of its own, under a name that was given up as well. The same version twice is once. Throws `VaultRefused` for what it can't take (now). */
  put(name: string, version: string, value: string): Promise<void>
  /** Says which version is in use, and so stays: a name that was given up is had back. */
  settle(name: string, version: string): Promise<void>
  /** undefined: there is none (any more) */
  get(name: string, version: string): Promise<string | undefined>
  /** The same of what is referred to: what was given up is had back, what was put a moment ago is waited for. */
  recover(name: string, version: string): Promise<string | undefined>
  /** Gives all versions up; for some days they can be had back. Of what is not there: nothing. */
  remove(name: string): Promise<void>
  /** Everything under a prefix that was not given up. */
  list(prefix: string): Promise<VaultEntry[]>
}

export interface VaultEntry {
  readonly name: string
  /** milliseconds since the epoch */
  readonly changedMs: number
}

export class VaultRefused extends Error {
  /** undefined: asking again does not help */
  readonly retryAfterSeconds: number | undefined
  constructor(message: string, options: { retryAfterSeconds?: number | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'VaultRefused'
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

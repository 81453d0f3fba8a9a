/** Keys that values in the store are encrypted with (AES-256). */
export interface DataKeyProvider {
  /** the one that new values get */
  current(): Promise<DataKey>
  /** Throws `DataKeyUnavailable` when it has no such key. */
  byId(id: string): Promise<DataKey>
}

export interface DataKey {
  readonly id: string
  /** 32 bytes */
  readonly key: Uint8Array
}

export class DataKeyUnavailable extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'DataKeyUnavailable'
  }
}

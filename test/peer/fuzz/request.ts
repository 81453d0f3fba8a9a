/** A request that can be sent to either server: `$UID`, `$RV` and `$OTHER` stand for what that server said of the conversation's object. */
export interface FuzzRequest {
  readonly method: string
  readonly path: string
  /** text, or bytes in base64 where it is no valid text */
  readonly body?: string | undefined
  readonly base64?: boolean | undefined
  readonly type?: string | undefined
  readonly accept?: string | undefined
}

/** Requests about one object, in order: each depends on those before it. */
export type FuzzConversation = readonly FuzzRequest[]

export const fuzzNamespace = 'fuzz'

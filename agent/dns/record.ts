import type { SoaAnswer, SrvAnswer, StringAnswer, TxtAnswer } from 'dns-packet'

/** What stands under one name, without the name. */
export interface RecordSet {
  readonly a?: readonly string[] | undefined
  readonly srv?: readonly { readonly target: string; readonly port: number }[] | undefined
  readonly cname?: string | undefined
  readonly txt?: string | undefined
  readonly ns?: string | undefined
}

export type DnsRecord = StringAnswer | SrvAnswer | TxtAnswer | SoaAnswer

/** exists, though nothing stands there itself: answers are NODATA, not NXDOMAIN */
export const emptyRecordSet: RecordSet = {}

export const responseCode = { noError: 0, formatError: 1, serverFailure: 2, nameError: 3, notImplemented: 4, refused: 5 } as const

export type ResponseCode = (typeof responseCode)[keyof typeof responseCode]

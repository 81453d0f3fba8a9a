import { Buffer } from 'node:buffer'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { type NodeUsage, readNodeUsage } from '../resources/metrics/node-usage.ts'

/** What is kept of a node's usage: few bytes, since a table's write costs by them. */
export const usageBytes = (usage: NodeUsage): Uint8Array => deflateRawSync(JSON.stringify(usage))

/** undefined: another version's */
export const usageFromBytes = (bytes: Uint8Array): NodeUsage | undefined =>
  readNodeUsage(JSON.parse(Buffer.from(inflateRawSync(bytes)).toString()))

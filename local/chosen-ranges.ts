import { overlap, parseRange } from '../shared/meta/ipv4.ts'
import { defaultRanges, type Ranges } from './addresses.ts'
import { type ClusterRecord, DataDirectoryError } from './data-directory.ts'
import type { LocalOptions } from './options.ts'

/** Objects in the store have addresses of them, so a cluster keeps the ranges that it was made with. Throws DataDirectoryError. */
export const chosenRanges = (local: LocalOptions, known: ClusterRecord | undefined): Ranges => {
  const keep = (flag: string, asked: string | undefined, made: string | undefined, fallback: string): string => {
    const range = known ? (made ?? fallback) : (asked ?? fallback)
    if (asked === undefined || asked === range) return range
    throw new DataDirectoryError(
      `the cluster in ${local.dataDir} was made with ${flag} ${range}; start it so (or without the flag), or name another --data-dir`,
    )
  }
  const podRange = keep('--pod-cidr', local.podCidr, known?.podCidr, defaultRanges.podRange)
  const serviceRange = keep('--service-cidr', local.serviceCidr, known?.serviceCidr, defaultRanges.serviceRange)
  if (overlap(parseRange(podRange), parseRange(serviceRange)))
    throw new DataDirectoryError(`--pod-cidr ${podRange} and --service-cidr ${serviceRange} overlap`)
  return { podRange, serviceRange }
}

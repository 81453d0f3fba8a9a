import type { Response } from './message.ts'
import { type DnsRecord, type RecordSet, responseCode } from './record.ts'
import { ttlSeconds, type Zone } from './zone.ts'

/**
 * Pure but for the zone: the answer to a question about the cluster's names, or `undefined` when the name is not
 * ours. An alias that leads out of the zone is named in `follow`, for the caller to resolve.
 */
export const answerFromZone = (options: {
  zone: Zone
  name: string
  type: string
  /** number of the query: endpoints of a headless Service are given in turns */
  turn: number
}): (Response & { readonly follow?: string | undefined }) | undefined => {
  const { zone, type, turn } = options
  const answers: DnsRecord[] = []
  let name = options.name
  for (let aliases = 0; aliases < 8; aliases++) {
    const found = zone.find(name)
    if (found === undefined) return aliases === 0 ? undefined : { ...ours, answers, follow: name }
    if (found === 'missing') return { ...ours, code: responseCode.nameError, answers, authority: zone.authority }
    if ('pointers' in found) {
      if (type === 'PTR') answers.push(...found.pointers.map((data) => ({ name, type: 'PTR' as const, ttl: ttlSeconds, data })))
      return withAuthority({ ...ours, answers }, zone)
    }
    if (found.cname === undefined) {
      if (type === 'SOA' && name.toLowerCase() === zone.authority.name) answers.push(zone.authority)
      answers.push(...recordsOfType({ name, type, found, turn }))
      return withAuthority({ ...ours, answers, additionals: addressesOf(zone, answers) }, zone)
    }
    answers.push({ name, type: 'CNAME', ttl: ttlSeconds, data: found.cname })
    if (type === 'CNAME') return { ...ours, answers }
    name = found.cname
  }
  return { ...ours, code: responseCode.serverFailure, answers }
}

const ours = { code: responseCode.noError, authoritative: true } as const

const withAuthority = (response: Response, zone: Zone): Response =>
  response.answers.length > 0 ? response : { ...response, authority: zone.authority }

const recordsOfType = (options: { name: string; type: string; found: RecordSet; turn: number }): DnsRecord[] => {
  const { name, type, found, turn } = options
  const named = { name, ttl: ttlSeconds }
  const records: DnsRecord[] = []
  const wants = (wanted: string) => type === wanted || type === 'ANY'
  if (wants('A')) records.push(...inTurn(found.a ?? [], turn).map((data) => ({ ...named, type: 'A' as const, data })))
  if (wants('SRV'))
    for (const { target, port } of inTurn(found.srv ?? [], turn)) {
      // the weight shares 100 evenly, as CoreDNS does
      const weight = Math.max(1, Math.floor(100 / (found.srv?.length ?? 1)))
      records.push({ ...named, type: 'SRV', data: { target, port, priority: 0, weight } })
    }
  if (wants('TXT') && found.txt !== undefined) records.push({ ...named, type: 'TXT', data: found.txt })
  if (wants('NS') && found.ns !== undefined) records.push({ ...named, type: 'NS', data: found.ns })
  return records
}

/** Rotated, so that clients that take the first are spread. */
const inTurn = <T>(values: readonly T[], turn: number): readonly T[] => {
  const start = values.length > 1 ? turn % values.length : 0
  return start === 0 ? values : [...values.slice(start), ...values.slice(0, start)]
}

const addressesOf = (zone: Zone, answers: readonly DnsRecord[]): DnsRecord[] => {
  const targets = new Set(answers.flatMap((answer) => (answer.type === 'SRV' ? [answer.data.target] : [])))
  return [...targets].flatMap((name) => {
    const found = zone.find(name)
    if (found === undefined || found === 'missing' || 'pointers' in found) return []
    return (found.a ?? []).map((data) => ({ name, type: 'A' as const, ttl: ttlSeconds, data }))
  })
}

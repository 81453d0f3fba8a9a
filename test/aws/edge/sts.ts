import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Somebody whom STS knows. */
export interface Identity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** as GetCallerIdentity tells it */
  readonly arn: string
  readonly userId: string
}

/** GetCallerIdentity by a pre-signed URL, whose signature is checked as STS does. undefined: refused. */
export const callerOf = (
  { path, headers }: { path: string; headers: IncomingHttpHeaders },
  { identities, region, nowMs }: { identities: readonly Identity[]; region: string; nowMs: number },
): Identity | undefined => {
  const url = new URL(path, `https://sts.${region}.amazonaws.com`)
  const parameter = (name: string) => url.searchParams.get(name) ?? ''
  const [accessKeyId, date = '', scopeRegion, service] = parameter('X-Amz-Credential').split('/')
  const identity = identities.find((each) => each.accessKeyId === accessKeyId)
  if (!identity || scopeRegion !== region || service !== 'sts') return undefined
  const [, day, time] = /^(\d{8})T(\d{6})Z$/.exec(parameter('X-Amz-Date')) ?? []
  const signedMs = Date.parse(`${day?.replace(/(....)(..)/, '$1-$2-')}T${time?.replace(/(..)(..)/, '$1:$2:')}Z`)
  if (!(signedMs + Number(parameter('X-Amz-Expires')) * 1000 >= nowMs)) return undefined

  const names = parameter('X-Amz-SignedHeaders').split(';')
  const canonical = [
    'GET',
    '/',
    [...url.searchParams]
      .filter(([name]) => name !== 'X-Amz-Signature')
      .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
      .sort()
      .join('&'),
    // The endpoint of an emulator has another host than the one that was signed.
    ...names.map((name) => `${name}:${name === 'host' ? url.host : String(headers[name] ?? '').trim()}`),
    '',
    names.join(';'),
    createHash('sha256').update('').digest('hex'),
  ].join('\n')
  const toSign = [
    'AWS4-HMAC-SHA256',
    parameter('X-Amz-Date'),
    `${date}/${region}/sts/aws4_request`,
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n')
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const key = [date, region, 'sts', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${identity.secretAccessKey}`)
  const expected = hmac(key, toSign)
  const given = Buffer.from(parameter('X-Amz-Signature'), 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected) ? identity : undefined
}

const escaped = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)

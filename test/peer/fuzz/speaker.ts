import { type Heard, heardOf } from './heard.ts'
import type { FuzzRequest } from './request.ts'

/** A server that conversations are held with. */
export interface FuzzServer {
  send(
    request: Required<Pick<FuzzRequest, 'method' | 'path'>> & { body: Uint8Array | undefined; headers: Record<string, string> },
  ): Promise<{
    code: number
    warning: string | undefined
    text: string
  }>
}

/** Holds one conversation with a server; remembers what that server said of the object. */
export const createSpeaker = (server: FuzzServer) => {
  /** paths of what was made */
  const made = new Set<string>()
  let uid = 'none'
  let revision = '1'
  const prefixes = new Set<string>()
  const filled = (text: string) => text.replaceAll('$UID', uid).replaceAll('$RV', revision)
  const tell = async ({ method, path, body, base64, type, accept = 'application/json' }: FuzzRequest): Promise<Heard> => {
    const bytes = body === undefined ? undefined : base64 ? Buffer.from(body, 'base64') : Buffer.from(filled(body))
    const headers = { accept, ...(bytes ? { 'content-type': type ?? 'application/json' } : {}) }
    for (const [, prefix = ''] of body?.matchAll(/"generateName":"([^"\\]+)"/g) ?? []) prefixes.add(prefix)
    const { code, warning, text } = await server.send({ method, path: filled(path), body: bytes, headers })
    if (code < 300 && accept === 'application/json' && !path.includes('dryRun')) {
      const { metadata } = JSON.parse(text) as { metadata?: { name?: string; uid?: string; resourceVersion?: string } }
      if (code === 201 && method === 'POST') made.add(`${path.split('?')[0]}/${encodeURIComponent(metadata?.name ?? '')}`)
      if (metadata?.uid !== undefined) [uid, revision] = [metadata.uid, metadata.resourceVersion ?? revision]
    }
    return heardOf(code, warning, withoutGenerated(text, prefixes))
  }
  /** Takes away what was made, under whatever name, the last first. */
  const finish = async (): Promise<void> => {
    for (const path of [...made].reverse()) {
      const headers = { 'content-type': 'application/merge-patch+json' }
      await server.send({ method: 'PATCH', path, headers, body: Buffer.from('{"metadata":{"finalizers":null}}') })
      await server.send({ method: 'DELETE', path: `${path}?gracePeriodSeconds=0`, headers: {}, body: undefined })
    }
  }
  return Object.assign(tell, { finish })
}

/** Names that the server makes end with five characters by chance. */
const withoutGenerated = (text: string, prefixes: ReadonlySet<string>): string => {
  let steady = text
  for (const whole of prefixes) {
    const prefix = whole.slice(0, 58)
    steady = steady.replaceAll(new RegExp(`(?<=["\\\\])${escaped(prefix)}[a-z0-9]{5}(?=["\\\\])`, 'g'), `${prefix}(random)`)
  }
  return steady
}

const escaped = (text: string) => text.replaceAll(/[^\w]/g, '\\$&')

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { hostResolvConf } from '../../../agent/dns/host-resolv-conf.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'windlass-resolv-conf-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const stub = 'nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch lan\n'
const asked = 'nameserver 192.0.2.1\nsearch lan\n'

it.each([
  ['systemd-resolved’s stub', stub, asked, asked],
  ['a resolver of its own on loopback', stub, undefined, stub],
  ['others beside one on loopback', `nameserver 192.0.2.7\n${stub}`, asked, `nameserver 192.0.2.7\n${stub}`],
  ['resolvers elsewhere', 'nameserver 192.0.2.7\n', asked, 'nameserver 192.0.2.7\n'],
  ['no resolver', 'search lan\n', asked, 'search lan\n'],
  ['no resolv.conf', undefined, undefined, ''],
])('gives pods of a machine with %s what they can use', async (_what, own, resolvedAsks, wanted) => {
  const [file, resolved] = [join(folder, 'own'), join(folder, 'resolved')]
  if (own !== undefined) writeFileSync(file, own)
  if (resolvedAsks !== undefined) writeFileSync(resolved, resolvedAsks)
  expect(await hostResolvConf({ file, resolved })).toBe(wanted)
})

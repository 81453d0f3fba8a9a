import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { hostResolvers } from '../../../agent/dns/host-resolvers.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'windlass-resolv-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

it('gives the machine’s resolvers but ourselves, and sees a change of the file', () => {
  const file = join(dir, 'resolv.conf')
  let time = 0
  const resolvers = hostResolvers({ file, except: ['10.96.0.10'], now: () => time })
  expect(resolvers()).toEqual([])
  writeFileSync(
    file,
    '# nameserver 192.0.2.9\nsearch example.test\nnameserver 192.0.2.1\n nameserver\tfe80::1%eth0\nnameserver 10.96.0.10\nnameserver nonsense\n',
  )
  expect(resolvers()).toEqual([])
  time = 6_000
  expect(resolvers()).toEqual(['192.0.2.1', 'fe80::1%eth0'])
  writeFileSync(file, 'nameserver 192.0.2.2\n')
  utimesSync(file, 1, 1)
  time = 12_000
  expect(resolvers()).toEqual(['192.0.2.2'])
})

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAddressPool } from '../../../agent/network/address-pool.ts'
import { nodeInterface, podInterface, servicesTable } from '../../../agent/network/name.ts'
import { halves, overlap, parseAddress, parseRange } from '../../../shared/meta/ipv4.ts'

describe('addresses of pods', () => {
  let dir: string
  let file: string
  const pod = { namespace: 'default', name: 'pod', hostPorts: [] }
  const open = (podCIDR = '10.244.3.0/29') => openAddressPool({ file, podCIDR })
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'windlass-pool-'))
    file = join(dir, 'node', 'network.json')
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  it('start after the node’s own and stay with the pod over restarts', () => {
    const pool = open()
    expect(pool.take('a', pod).ip).toBe('10.244.3.2')
    expect(pool.take('b', pod).ip).toBe('10.244.3.3')
    const again = open()
    expect(again.get('b')?.ip).toBe('10.244.3.3')
    expect(again.take('c', pod).ip).toBe('10.244.3.4')
  })

  it('rest as long as possible before they are given again', () => {
    const pool = open()
    for (const uid of ['a', 'b', 'c', 'd']) pool.take(uid, pod)
    pool.release('a')
    expect(pool.take('e', pod).ip).toBe('10.244.3.6')
    expect(pool.take('f', pod).ip).toBe('10.244.3.2')
    expect(() => pool.take('g', pod)).toThrow('no free address in 10.244.3.0/29: 5 are in use')
    pool.release('c')
    pool.release('unknown')
    expect(open().take('g', pod).ip).toBe('10.244.3.4')
  })

  it('begin anew in another range, and a damaged file is an error that names it', () => {
    open().take('a', pod)
    expect(open('10.244.4.0/24').take('b', pod).ip).toBe('10.244.4.2')
    writeFileSync(file, readFileSync(file, 'utf8').slice(5))
    expect(() => open()).toThrow(`file ${file} with the pods' addresses is damaged`)
  })
})

describe('ranges', () => {
  it('are read strictly', () => {
    expect(parseRange('10.244.3.7/24')).toMatchObject({ size: 256, prefixLength: 24, first: parseAddress('10.244.3.0') })
    for (const text of ['10.244.0.0', '10.244.0.0/33', '10.244.0/16', '10.244.0.256/24', '::/0', ''])
      expect(() => parseRange(text)).toThrow(`invalid IPv4 range "${text}"`)
    expect(overlap(parseRange('10.0.0.0/8'), parseRange('10.96.0.0/16'))).toBe(true)
    expect(overlap(parseRange('10.97.0.0/16'), parseRange('10.96.0.0/16'))).toBe(false)
    expect(halves('10.96.0.0/16')).toEqual(['10.96.0.0/17', '10.96.128.0/17'])
  })
})

describe('names of interfaces', () => {
  it('fit the kernel’s limit and differ', () => {
    const names = ['windlass-1', 'a-very-long-node-name-1', 'a-very-long-node-name-2', 'n.example.com'].map(nodeInterface)
    expect(names[0]).toBe('wl-windlass-1')
    expect(new Set(names).size).toBe(4)
    for (const name of [...names, podInterface('0b0cf6cb-0d4e-4ea7-9bd6-8b2f2b9a9a51')])
      expect(name.length).toBeLessThanOrEqual(15)
    expect(servicesTable('windlass-1')).toBe('windlass-services-windlass-1')
  })
})

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Run } from '../../../agent/network/command.ts'
import { createGuardKeeper, setGuards } from '../../../agent/network/guards.ts'
import { removeHost } from '../../../agent/network/host.ts'
import { createMachine, type Machine, missing } from './machine.ts'

const reason = missing()
const options = { podRange: '10.244.0.0/16', serviceRange: '10.96.0.0/16', expose: false }

describe.skipIf(reason)(`the guards of a machine${reason ? ` (${reason})` : ''}`, () => {
  let machine: Machine
  let told: string[]
  let zone: string[]
  /** with a client of firewalld that keeps what it trusts in `zone` */
  let run: Run

  beforeEach(async () => {
    machine = await createMachine()
    told = []
    zone = []
    run = async (command, args, input) => {
      if (command !== 'firewall-cmd') return machine.run(command, args, input)
      const changed = /^--change-interface=(.*)$/.exec(args.at(-1) ?? '')?.[1]
      if (changed !== undefined) zone.push(changed)
      return ''
    }
    await setGuards({ ...options, run })
  })
  afterEach(async () => {
    await removeHost({ run: machine.run })
    await machine.dispose()
  })

  const rules = async () => (await machine.run('iptables', ['-S'])).split('\n').filter((line) => line.includes('windlass'))
  const startFirewalld = () =>
    machine.run('nft', ['-f', '-'], 'add table inet firewalld\ndelete table inet firewalld\nadd table inet firewalld\n')

  it.each([
    ['a firewall that flushes what passes', ['iptables', '-F', 'FORWARD']],
    ['a firewall that flushes what comes in', ['iptables', '-F', 'INPUT']],
    ['a firewall that flushes everything', ['nft', 'flush', 'ruleset']],
    ['somebody who takes one rule away', ['iptables', '-D', 'FORWARD', '1']],
  ])('are made again after %s, and then let be', async (_, [command, ...args]) => {
    const before = await rules()
    expect(before).toHaveLength(3)
    const keep = createGuardKeeper({ ...options, run }, (text) => told.push(text))
    await keep()
    expect(told).toEqual([])
    await machine.run(command!, args)
    expect((await rules()).length).toBeLessThan(3)
    await keep()
    await keep()
    expect((await rules()).sort()).toEqual(before.sort())
    expect(told).toEqual(['guards of the machine are gone, making them again'])
  })

  it('are told to firewalld whenever it begins anew, and no more often', async () => {
    const both = ['windlass0', 'wl-+']
    const keep = createGuardKeeper({ ...options, run }, (text) => told.push(text))
    zone.length = 0
    await keep()
    expect(zone).toEqual([])
    for (let start = 0; start < 2; start++) {
      await startFirewalld()
      await keep()
      await keep()
      expect(zone.splice(0)).toEqual(both)
    }
    await machine.run('nft', ['delete', 'table', 'inet', 'firewalld'])
    await keep()
    expect([zone, told]).toEqual([[], []])
  })
})

import type { Terminal } from '../../terminal.ts'
import { loseNode } from './node-loss.ts'
import type { ShopStep } from './step.ts'
import { masterOfRedis, rolesOfPostgres, untilWhole } from './wholeness.ts'

/** From the last order acknowledged to the next; on a calm machine it is below ten. */
const bearableSeconds = 30
const comesBackSeconds = 300

const nodeOf = (terminal: Terminal, pod: string) =>
  terminal.ask('-n', 'shop', 'get', 'pod', pod, '-o', 'jsonpath={.spec.nodeName}')

/** Of the queue's pod on the node, which every node has one of: another one says that the node has come back. */
async function containerOn(terminal: Terminal, node: string): Promise<string> {
  const path = 'jsonpath={.items[*].status.containerStatuses[0].state.running.startedAt}'
  return terminal.ask('-n', 'shop', 'get', 'pods', '-l', 'app=nats', `--field-selector=spec.nodeName=${node}`, '-o', path)
}

/** Pods that have moved to other nodes stay there: after a roll-out each node has its share again, and the next loss takes no more than a third. */
async function spreadAgain(terminal: Terminal): Promise<void> {
  const places = await terminal.ask(
    '-n',
    'shop',
    'get',
    'pods',
    '-l',
    'app in (web, order)',
    '-o',
    'jsonpath={.items[*].spec.nodeName}',
  )
  if (new Set(places.split(' ')).size === 3) return
  await terminal.kubectl('-n', 'shop', 'rollout', 'restart', 'deployment')
  await untilWhole(terminal, 240)
}

export const losses: ShopStep = {
  title: 'Each of the three nodes is lost, one after the other',
  async run(terminal, customers) {
    const left = new Set((await terminal.ask('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}')).split(' '))
    while (left.size > 0) {
      const { primary, standby } = await rolesOfPostgres(terminal)
      const primaryNode = await nodeOf(terminal, primary)
      // Where it hurts most, while that is one that was not lost yet.
      const name = left.has(primaryNode) ? primaryNode : [...left][0]!
      left.delete(name)
      const leaders = [primary, standby, await masterOfRedis(terminal)]
      const places = await Promise.all(leaders.map((pod) => nodeOf(terminal, pod)))
      const roles = ['the primary of PostgreSQL', 'its replica', 'the master of Redis'].filter(
        (_, index) => places[index] === name,
      )

      await terminal.kubectl('-n', 'shop', 'get', 'pods', `--field-selector=spec.nodeName=${name}`)
      const podCIDR = await terminal.ask('get', 'node', name, '-o', 'jsonpath={.spec.podCIDR}')
      const before = await containerOn(terminal, name)
      terminal.note(`${name} loses its power, and with it ${roles.join(', ') || 'a third of the shop'}`)
      customers.spell()
      await loseNode(name, podCIDR)

      await terminal.until(
        `${name} to come back`,
        () => containerOn(terminal, name),
        (startedAt) => startedAt !== '' && startedAt !== before,
        comesBackSeconds,
      )
      await untilWhole(terminal, comesBackSeconds)
      const { acknowledged, refused, longestWaitMilliseconds, reasons } = customers.spell()
      await terminal.kubectl('get', 'nodes')
      await terminal.kubectl('-n', 'shop', 'get', 'pods', '-o', 'wide')
      const seconds = longestWaitMilliseconds / 1000
      terminal.note(
        `${name} was lost: ${acknowledged} orders acknowledged, ${refused} refused and sent again, none for ${seconds.toFixed(1)} s at most`,
      )
      for (const reason of [...reasons].slice(0, 5)) terminal.note(`a refusal: ${reason}`)
      terminal.expect(seconds < bearableSeconds, `orders again within ${bearableSeconds} s`)
      if (left.size > 0) await spreadAgain(terminal)
    }
  },
}

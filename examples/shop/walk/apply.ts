import type { Terminal } from '../../terminal.ts'
import { untilWhole } from './wholeness.ts'

const manifests = 'examples/shop/manifests'

export async function apply(terminal: Terminal): Promise<void> {
  const nodes = await terminal.kubectl('get', 'nodes')
  const ready = nodes.match(/^\S+ +Ready /gm) ?? []
  terminal.expect(ready.length === 3, `three nodes that are Ready, not ${ready.length}: npm start -- --nodes 3`)

  // What an earlier walk left has orders that this one knows nothing of.
  await terminal.ask('delete', 'namespace', 'shop', '--ignore-not-found', '--wait', '--timeout=180s')
  await terminal.kubectl('apply', '-k', manifests)
  for (const kind of ['statefulset', 'deployment']) {
    const names = await terminal.ask('-n', 'shop', 'get', kind, '-o', 'name')
    for (const name of names.split('\n')) await terminal.kubectl('-n', 'shop', 'rollout', 'status', name, '--timeout=240s')
  }
  await untilWhole(terminal, 120)
  await terminal.kubectl('-n', 'shop', 'get', 'pods', '-o', 'wide')
  await terminal.kubectl('-n', 'shop', 'get', 'services,persistentvolumeclaims,poddisruptionbudgets')

  for (const app of ['web', 'order', 'redis', 'nats']) {
    const places = await terminal.ask('-n', 'shop', 'get', 'pods', '-l', `app=${app}`, '-o', 'jsonpath={.items[*].spec.nodeName}')
    terminal.expect(new Set(places.split(' ')).size === 3, `a pod of ${app} on each node, not on ${places}`)
  }
}

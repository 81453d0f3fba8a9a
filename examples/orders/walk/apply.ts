import type { Step } from '../../terminal.ts'

const manifests = 'examples/orders/manifests'

export const apply: Step = {
  title: 'Say what you want',
  async run(terminal) {
    const nodes = await terminal.kubectl('get', 'nodes')
    terminal.expect(/ Ready /.test(nodes), 'a node that is Ready')

    // What an earlier walk left would change the revisions that this one shows.
    await terminal.ask('delete', '-f', manifests, '--ignore-not-found', '--wait')
    await terminal.ask('delete', 'pod', 'client', 'load', '--ignore-not-found', '--wait', '--grace-period=1')

    const applied = await terminal.kubectl('apply', '-f', manifests)
    for (const object of [
      'deployment.apps/orders-service',
      'service/orders-service',
      'secret/orders-db-secret',
      'configmap/orders-config',
    ]) {
      terminal.expect(applied.includes(`${object} created`), `"${object} created"`)
    }
    await terminal.kubectl('rollout', 'status', 'deployment/postgres', '--timeout=120s')
    const status = await terminal.kubectl('rollout', 'status', 'deployment/orders-service', '--timeout=120s')
    terminal.expect(status.includes('successfully rolled out'), 'the Deployment to roll out')

    const again = await terminal.kubectl('apply', '-f', `${manifests}/orders-deployment.yaml`)
    terminal.expect(again.includes('deployment.apps/orders-service unchanged'), 'nothing to change the second time')
    await terminal.kubectl('diff', '-f', manifests)
  },
}

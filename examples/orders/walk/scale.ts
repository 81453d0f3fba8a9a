import type { Step, Terminal } from '../../terminal.ts'

const readyPods = async (terminal: Terminal) =>
  Number(await terminal.ask('get', 'deployment', 'orders-service', '-o', 'jsonpath={.status.readyReplicas}'))

const endpoints = async (terminal: Terminal) =>
  (
    await terminal.ask(
      'get',
      'endpointslices',
      '-l',
      'kubernetes.io/service-name=orders-service',
      '-o',
      'jsonpath={.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}',
    )
  )
    .split(' ')
    .filter((ip) => ip !== '')

export const scale: Step = {
  title: 'More, and fewer',
  async run(terminal) {
    for (const replicas of [5, 3]) {
      const scaled = await terminal.kubectl('scale', 'deployment/orders-service', `--replicas=${replicas}`)
      terminal.expect(scaled.includes('deployment.apps/orders-service scaled'), 'kubectl to say scaled')
      await terminal.until(
        `${replicas} ready replicas`,
        () => readyPods(terminal),
        (ready) => ready === replicas,
      )
      await terminal.until(
        `${replicas} endpoints`,
        () => endpoints(terminal),
        (addresses) => addresses.length === replicas,
      )
      await terminal.kubectl('get', 'deployment', 'orders-service')
    }
    await terminal.kubectl('get', 'endpointslices', '-l', 'kubernetes.io/service-name=orders-service')
  },
}

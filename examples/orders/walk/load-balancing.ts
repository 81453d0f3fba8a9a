import type { Step } from '../../terminal.ts'

const calls = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do wget -qO- http://orders-service/version; done'

export const loadBalancing: Step = {
  title: 'One name for three pods',
  async run(terminal) {
    terminal.note('a pod to call from')
    await terminal.kubectl(
      ...['run', 'client', '--image=mycompany/orders-service:1.0', '--restart=Never', '--command', '--'],
      ...['sh', '-c', 'trap exit TERM; while :; do sleep 1; done'],
    )
    await terminal.kubectl('wait', '--for=condition=Ready', 'pod/client', '--timeout=60s')

    const answers = await terminal.kubectl('exec', 'client', '--', 'sh', '-c', calls)
    const pods = new Set([...answers.matchAll(/"pod":"([^"]+)"/g)].map((match) => match[1]))
    terminal.expect(pods.size > 1, 'more than one pod to answer')

    const order = '{"item":"a book on orchestration","quantity":2}'
    const posted = await terminal.kubectl(
      'exec',
      'client',
      '--',
      'wget',
      '-qO-',
      '--post-data',
      order,
      'http://orders-service/orders',
    )
    terminal.expect(posted.includes('"id":1'), 'the first order')
    const listed = await terminal.kubectl('exec', 'client', '--', 'wget', '-qO-', 'http://orders-service.default/orders')
    terminal.expect(listed.includes('a book on orchestration'), 'the order in the list')

    for (const name of ['orders-service', 'orders-service.default', 'orders-service.default.svc.cluster.local']) {
      const version = await terminal.kubectl('exec', 'client', '--', 'wget', '-qO-', `http://${name}/version`)
      terminal.expect(version.includes('"version":"1.0"'), `an answer from ${name}`)
    }
    const address = await terminal.ask('get', 'service', 'postgres-service', '-o', 'jsonpath={.spec.clusterIP}')
    const found = await terminal.kubectl('exec', 'client', '--', 'nslookup', 'postgres-service.default.svc.cluster.local')
    terminal.expect(found.includes(address), `postgres-service to be ${address}`)
  },
}

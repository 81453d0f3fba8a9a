import type { Step } from '../../terminal.ts'

const version = ['exec', 'client', '--', 'wget', '-qO-', 'http://orders-service/version']

export const configuration: Step = {
  title: 'Configuration and secrets',
  async run(terminal) {
    const environment = await terminal.kubectl('exec', 'deployment/orders-service', '--', 'env')
    for (const line of [
      'SPRING_PROFILES_ACTIVE=production',
      'DB_HOST=postgres-service',
      'DB_USERNAME=orders',
      'ORDERS_GREETING=ready when you are',
    ]) {
      terminal.expect(environment.split('\n').includes(line), `${line} in the pod's environment`)
    }

    const described = await terminal.kubectl('describe', 'secret', 'orders-db-secret')
    terminal.expect(/password: +19 bytes/.test(described) && !described.includes('an-example'), 'the size of the password only')
    await terminal.kubectl('delete', 'secret', 'demo', '--ignore-not-found')
    await terminal.kubectl(
      'create',
      'secret',
      'generic',
      'demo',
      '--from-literal=username=orders',
      '--from-literal=password=s3cret',
    )
    const encoded = await terminal.kubectl('get', 'secret', 'demo', '-o', 'jsonpath={.data.password}')
    terminal.expect(encoded === 'czNjcmV0', 'the password in base64')
    await terminal.kubectl('delete', 'secret', 'demo')

    terminal.note('a pod reads its environment once: a change of the ConfigMap takes a restart')
    const change = JSON.stringify({ data: { ORDERS_GREETING: 'changed in a minute' } })
    await terminal.kubectl('patch', 'configmap', 'orders-config', '--type=merge', '-p', change)
    await terminal.kubectl('rollout', 'restart', 'deployment/orders-service')
    await terminal.kubectl('rollout', 'status', 'deployment/orders-service', '--timeout=120s')
    const answer = await terminal.until(
      'the new greeting',
      () => terminal.ask(...version),
      (text) => text.includes('changed in a minute'),
    )
    terminal.note(answer)
  },
}

import type { Step } from '../../terminal.ts'

export const look: Step = {
  title: 'Look at it',
  async run(terminal) {
    const deployments = await terminal.kubectl('get', 'deployments')
    terminal.expect(/orders-service +3\/3 +3 +3 /.test(deployments), 'orders-service to be 3/3')
    await terminal.kubectl('get', 'replicasets', '-l', 'app=orders')
    const pods = await terminal.kubectl('get', 'pods', '-l', 'app=orders', '-o', 'wide')
    terminal.expect((pods.match(/ 1\/1 +Running /g) ?? []).length === 3, 'three pods that are 1/1 Running')
    const services = await terminal.kubectl('get', 'services')
    terminal.expect(
      /orders-service +ClusterIP +10\.96\.\d+\.\d+ +<none> +80\/TCP/.test(services),
      'a ClusterIP for orders-service',
    )
    await terminal.kubectl('get', 'endpointslices', '-l', 'kubernetes.io/service-name=orders-service')

    const deployment = await terminal.kubectl('describe', 'deployment', 'orders-service')
    terminal.expect(
      deployment.includes('3 desired | 3 updated | 3 total | 3 available | 0 unavailable'),
      'describe to count the replicas',
    )
    terminal.expect(deployment.includes('ScalingReplicaSet'), 'the event ScalingReplicaSet')
    const service = await terminal.kubectl('describe', 'service', 'orders-service')
    terminal.expect(/Endpoints: +\d+\.\d+\.\d+\.\d+:8080,/.test(service), 'the addresses of the pods as endpoints')
    const name = await terminal.ask('get', 'pods', '-l', 'app=orders', '-o', 'jsonpath={.items[0].metadata.name}')
    const pod = await terminal.kubectl('describe', 'pod', name)
    for (const reason of ['Scheduled', 'Pulled', 'Created', 'Started'])
      terminal.expect(pod.includes(reason), `the event ${reason}`)
    terminal.expect(/Liveness: +http-get http:\/\/:8080\/actuator\/health\/liveness/.test(pod), 'the liveness probe')

    const logs = await terminal.kubectl('logs', 'deployment/orders-service')
    terminal.expect(logs.includes('"message":"listening"'), 'the log of the service')
    await terminal.kubectl('explain', 'deployment.spec.strategy.rollingUpdate')
  },
}

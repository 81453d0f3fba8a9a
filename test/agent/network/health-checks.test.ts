import { expect, it, onTestFinished } from 'vitest'
import { startHealthChecks } from '../../../agent/network/services/health-checks.ts'
import { startNodeHealth } from '../../../agent/network/services/node-health.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { EndpointSlice, Service } from '../../../shared/resources/resource.ts'
import { freePort } from '../../fakes/free-port.ts'
import { createListInformer } from './list-informer.ts'
import { newService, newSlice } from './service-object.ts'

const ask = async (port: number) => {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`)
  const { localEndpoints } = (await response.json()) as { localEndpoints: number }
  return [response.status, localEndpoints, response.headers.get('x-load-balancing-endpoint-weight')]
}

it('answers load balancers whether this node has somebody for a Service whose traffic stays', async () => {
  const [port, moved] = [await freePort(), await freePort()]
  const services = createListInformer<Service>()
  const endpointSlices = createListInformer<EndpointSlice>()
  const serviceAt = (healthCheckNodePort: number) =>
    newService('web', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort })
  services.set(serviceAt(port))
  services.set(newService('plain', {}))
  const log = createLogger({ write: () => undefined })
  const checks = startHealthChecks({ nodeName: 'me', services, endpointSlices, log, address: '127.0.0.1' })
  onTestFinished(() => checks.stop())
  await expect.poll(() => ask(port).catch(() => undefined)).toEqual([503, 0, '0'])
  const at = (ip: string, nodeName: string, ready = true) => ({ ip, nodeName, conditions: { ready } })
  endpointSlices.set(newSlice('web', [at('10.244.0.2', 'me'), at('10.244.0.3', 'me', false), at('10.244.1.2', 'other')]))
  expect(await ask(port)).toEqual([200, 1, '1'])
  endpointSlices.set(newSlice('web', [at('10.244.1.2', 'other')]))
  expect(await ask(port)).toEqual([503, 0, '0'])

  services.set(serviceAt(moved))
  await expect.poll(() => ask(moved).catch(() => undefined)).toEqual([503, 0, '0'])
  await expect(ask(port)).rejects.toThrow()
  services.delete('default', 'web')
  await expect
    .poll(() =>
      ask(moved).then(
        () => 'answers',
        () => 'closed',
      ),
    )
    .toBe('closed')
})

it('tells load balancers of a node that takes connections, and of one that will end', async () => {
  let eligible = true
  const log = createLogger({ write: () => undefined })
  const health = await startNodeHealth({ eligible: () => eligible, port: 0, address: '127.0.0.1', log })
  onTestFinished(() => health.stop())
  const answer = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${health.port}${path}`)
    return [response.status, (await response.text()).includes('"nodeEligible":true')]
  }
  expect([await answer('/healthz'), await answer('/livez'), await answer('/')]).toEqual([
    [200, true],
    [200, false],
    [404, false],
  ])
  eligible = false
  expect([await answer('/healthz'), await answer('/livez')]).toEqual([
    [503, false],
    [200, false],
  ])
})

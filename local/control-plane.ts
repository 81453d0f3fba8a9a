import { issueTokenBy } from '../shared/apiserver/authn/tokens.ts'
import type { Client } from '../shared/client/client.ts'
import { createInProcessClient } from '../shared/client/in-process.ts'
import { createEventSink } from '../shared/controllers/event/event-recorder.ts'
import { type ControllersOptions, createControllers } from '../shared/controllers/index.ts'
import { createNodeIpamController } from '../shared/controllers/node-ipam.ts'
import { startControllers } from '../shared/dispatch/start-controllers.ts'
import { startScheduler } from '../shared/dispatch/start-scheduler.ts'
import type { KeyPair } from '../shared/identity/certificates.ts'
import { signRequestBy } from '../shared/identity/sign-request.ts'
import { systemClock } from '../shared/platform/clock.ts'
import type { Logger } from '../shared/platform/log.ts'
import { definitions } from '../shared/resources/index.ts'
import { resourceFrom } from '../shared/resources/resource-of.ts'
import { createScheduler } from '../shared/scheduler/scheduler.ts'
import { createStoreCache } from '../shared/storage/store-cache.ts'
import { type AddressPlan, machineAddress } from './addresses.ts'
import type { ApiProcess } from './api-process.ts'

export interface ControlPlaneOptions {
  readonly api: Omit<ApiProcess, 'reach' | 'frontProxy'>
  /** its certificate is for pods too */
  readonly authority: KeyPair
  readonly plan: AddressPlan
  /** of the API server */
  readonly port: number
  readonly extensions?: ControllersOptions['extensions']
  readonly log: Logger
}

export interface ControlPlane {
  /** as a cluster administrator */
  readonly client: Client
  stop(): Promise<void>
}

/** As upstream's own loopback: what begins a cluster must not wait for its roles. */
const controlPlaneGroups = ['system:masters', 'system:authenticated']

/** Controllers and scheduler in this process, behind the log's tail. */
export const startControlPlane = async (options: ControlPlaneOptions): Promise<ControlPlane> => {
  const { api, authority, plan, port, log } = options
  const clientOf = (name: string) => createInProcessClient(api.handle, { name, groups: controlPlaneGroups })
  const resources = definitions.map(resourceFrom)
  const cache = await createStoreCache({ store: api.store, tail: api.tail, resources })
  const client = clientOf('system:kube-controller-manager')
  const events = createEventSink({ client, clock: systemClock, log })
  const controllers = await startControllers({
    tail: api.tail,
    cache,
    client,
    events,
    clock: systemClock,
    log,
    controllers: [
      createNodeIpamController({ podCidr: plan.podRange, onlyAsked: true }),
      ...createControllers({
        resources,
        certificateAuthority: authority.certificate,
        signCertificate: signRequestBy(authority, systemClock.now),
        issueToken: issueTokenBy(api.tokens),
        nodeLifecycle: { heartbeats: api.heartbeats, listeningSinceMs: systemClock.now() },
        // A laptop changes its network.
        loadBalancer: { addresses: () => [machineAddress()], lookEveryMs: 10_000 },
        kubernetesService: { apiServer: { address: plan.apiAddress, port }, clusterIP: plan.apiServiceAddress },
        serviceCIDR: plan.serviceRange,
        extensions: options.extensions,
      }),
    ],
  })
  const scheduler = await startScheduler({
    scheduler: createScheduler({
      cache,
      client: clientOf('system:kube-scheduler'),
      events: events.recorder('default-scheduler'),
      clock: systemClock,
      log: log.child({ component: 'scheduler' }),
    }),
    tail: api.tail,
    clock: systemClock,
    log,
  })
  return {
    client: createInProcessClient(api.handle, { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }),
    stop: async () => {
      await scheduler.stop()
      await controllers.stop()
      await events.flush()
      cache.close()
    },
  }
}

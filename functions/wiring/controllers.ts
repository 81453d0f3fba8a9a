import { issueTokenBy } from '../../shared/apiserver/authn/tokens.ts'
import type { Controller } from '../../shared/controllers/controller.ts'
import { type AutoscalerMemories, memoriesInProcess } from '../../shared/controllers/horizontalpodautoscaler/memory.ts'
import { createControllers } from '../../shared/controllers/index.ts'
import { createNodeIpamController } from '../../shared/controllers/node-ipam.ts'
import { createMailboxController } from '../../shared/dispatch/mailbox-controller.ts'
import { untimed } from '../../shared/dispatch/silent-nodes.ts'
import { signRequestBy } from '../../shared/identity/sign-request.ts'
import { createLoadBalancerController } from '../../shared/load-balancer/load-balancer-controller.ts'
import type { LoadBalancers } from '../../shared/load-balancer/load-balancers.ts'
import { nthAddress } from '../../shared/meta/ipv4.ts'
import type { LifecycleHooks } from '../../shared/placement/lifecycle-hooks.ts'
import { createNodeEndingController } from '../../shared/placement/node-ending-controller.ts'
import type { Placement } from '../../shared/placement/placement.ts'
import { createPlacementController } from '../../shared/placement/placement-controller.ts'
import type { Mailboxes } from '../../shared/queue/mailboxes.ts'
import { definitions } from '../../shared/resources/index.ts'
import { resourceFrom } from '../../shared/resources/resource-of.ts'
import type { Cluster } from './cluster.ts'

/** where each node's own proxy to the API listens for its pods, on the last address of the pod range */
const proxyPort = 6443

/** how often the clock rings, and has autoscalers looked at */
const clockPeriodMs = 60_000

export interface ControllersParts {
  readonly serviceCidr: string
  readonly podCidr: string
  readonly mailboxes: Mailboxes
  readonly placement: Placement
  readonly hooks: LifecycleHooks
  /** only where controllers reconcile, and not only say whom a change concerns */
  readonly loadBalancers?: LoadBalancers
  /** likewise */
  readonly autoscalerMemories?: AutoscalerMemories
}

/** What runs in `reconcile`. */
export const reconcilers = (
  { heartbeats, identity, tokens, clock, reach, frontProxy }: Cluster,
  parts: Omit<ControllersParts, 'placement'>,
): Controller[] => [
  ...createControllers({
    resources: definitions.map(resourceFrom),
    certificateAuthority: identity.authority.certificate,
    issueToken: issueTokenBy(tokens),
    signCertificate: signRequestBy(identity.authority, clock.now),
    nodeLifecycle: { heartbeats },
    serviceCIDR: parts.serviceCidr,
    extensions: reach && { reach, frontProxy, lookAgainMs: undefined },
    autoscalers: { memories: parts.autoscalerMemories ?? memoriesInProcess(), periodMs: clockPeriodMs },
    kubernetesService: {
      apiServer: { address: nthAddress(parts.podCidr, -2), port: proxyPort },
      clusterIP: nthAddress(parts.serviceCidr, 1),
    },
  }).map(untimed),
  createNodeIpamController(parts),
  createMailboxController(parts.mailboxes),
  createNodeEndingController(parts.hooks),
  createLoadBalancerController(parts.loadBalancers ?? elsewhere),
]

const reconciles = async () => {
  throw new Error('load balancers are made in another function')
}
const elsewhere: LoadBalancers = { ensure: reconciles, remove: reconciles }

/** Every controller, wherever it runs: dispatch needs to know whom a change concerns. */
export const allControllers = (cluster: Cluster, parts: ControllersParts): Controller[] => [
  ...reconcilers(cluster, parts),
  createPlacementController(parts.placement),
]

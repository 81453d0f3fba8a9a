import { customResourceDefinition } from './apiextensions/customresourcedefinition.ts'
import { controllerRevision } from './apps/controllerrevision.ts'
import { deployment } from './apps/deployment.ts'
import { replicaSet } from './apps/replicaset.ts'
import { lease } from './coordination/lease.ts'
import { configMap } from './core/configmap.ts'
import { endpoints } from './core/endpoints.ts'
import { event } from './core/event.ts'
import { namespace } from './core/namespace.ts'
import { node } from './core/node.ts'
import { pod } from './core/pod.ts'
import { secret } from './core/secret.ts'
import { service } from './core/service.ts'
import { serviceAccount } from './core/serviceaccount.ts'
import type { KindDefinition } from './definition.ts'
import { endpointSlice } from './discovery/endpointslice.ts'
import { ipAddress } from './networking/ipaddress.ts'
import { serviceCIDR } from './networking/servicecidr.ts'

/** Every built-in kind. */
export const definitions: readonly KindDefinition[] = [
  configMap,
  endpoints,
  event,
  namespace,
  node,
  pod,
  secret,
  serviceAccount,
  service,
  controllerRevision,
  deployment,
  replicaSet,
  customResourceDefinition,
  lease,
  endpointSlice,
  ipAddress,
  serviceCIDR,
]

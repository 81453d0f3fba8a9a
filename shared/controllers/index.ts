import type { Resource } from '../client/client.ts'
import type { Controller } from './controller.ts'
import { deploymentController } from './deployment/deployment.ts'
import { endpointsController } from './endpoints/endpoints.ts'
import { endpointSliceController } from './endpointslice/endpointslice.ts'
import { createKubernetesServiceController, type KubernetesServiceOptions } from './kubernetes-service.ts'
import { createNamespaceController } from './namespace/namespace.ts'
import { replicaSetController } from './replicaset/replicaset.ts'
import { createRootCaPublisher } from './root-ca-publisher.ts'
import { serviceAccountController } from './serviceaccount.ts'
import { systemNamespacesController } from './system-namespaces.ts'

export interface ControllersOptions {
  /** every resource that can be deleted: what namespaces are emptied of and garbage is collected from */
  readonly resources: readonly Resource[]
  /** PEM, for `kube-root-ca.crt` */
  readonly certificateAuthority: string
  readonly kubernetesService: KubernetesServiceOptions
}

/** Every controller. */
export const createControllers = (options: ControllersOptions): Controller[] => [
  systemNamespacesController,
  createKubernetesServiceController(options.kubernetesService),
  createNamespaceController(options),
  serviceAccountController,
  createRootCaPublisher(options),
  deploymentController,
  replicaSetController,
  endpointSliceController,
  endpointsController,
]

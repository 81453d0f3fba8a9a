import type { Resource } from '../client/client.ts'
import { frontProxyName } from '../reach/front-proxy.ts'
import { createExtensionAuthentication } from './apiservice/authentication.ts'
import { type ApiServiceAvailabilityOptions, createApiServiceAvailability } from './apiservice/availability.ts'
import { createApiServiceRegistration } from './apiservice/registration.ts'
import { bootstrapTokenCleaner } from './bootstrap-token-cleaner.ts'
import { certificateApprovingController } from './certificates/approving.ts'
import { certificateCleaner } from './certificates/cleaner.ts'
import { type CertificateSigningOptions, createCertificateSigningController } from './certificates/signing.ts'
import { clusterRoleAggregationController } from './clusterrole-aggregation.ts'
import type { Controller } from './controller.ts'
import { createCronJobController } from './cronjob/cronjob.ts'
import { customResourceDefinitionController } from './customresourcedefinition/customresourcedefinition.ts'
import { createCustomResourceDefinitionFinalizer } from './customresourcedefinition-finalizer/customresourcedefinition-finalizer.ts'
import { daemonSetController } from './daemonset/daemonset.ts'
import { createDefaultRolesController } from './default-roles/default-roles.ts'
import { deploymentController } from './deployment/deployment.ts'
import { createDisruptionController } from './disruption/disruption.ts'
import { staleDisruptionController } from './disruption/stale-disruption.ts'
import { endpointsController } from './endpoints/endpoints.ts'
import { endpointSliceController } from './endpointslice/endpointslice.ts'
import { endpointSliceMirroringController } from './endpointslice-mirroring/endpointslice-mirroring.ts'
import { ephemeralVolumeController } from './ephemeral-volume/ephemeral-volume.ts'
import { flowSchemaDanglingController } from './flowcontrol/dangling.ts'
import { flowControlDefaultsController } from './flowcontrol/default-configuration.ts'
import { createGarbageCollector } from './garbage-collector/garbage-collector.ts'
import {
  createHorizontalPodAutoscalerController,
  type HorizontalPodAutoscalerOptions,
} from './horizontalpodautoscaler/horizontalpodautoscaler.ts'
import { memoriesInProcess } from './horizontalpodautoscaler/memory.ts'
import { ipAddressRepairController } from './ip-address-repair.ts'
import { createJobController } from './job/job.ts'
import { jobOrphanPodsController } from './job/orphan-pods.ts'
import { createKubernetesServiceController, type KubernetesServiceOptions } from './kubernetes-service.ts'
import { localDirectoryProvisioner } from './local-directory/provisioner.ts'
import { localDirectoryReclaimer } from './local-directory/reclaimer.ts'
import { standardStorageClassController } from './local-directory/standard-class.ts'
import { createNamespaceController } from './namespace/namespace.ts'
import { createNodeLifecycleController, type NodeLifecycleOptions } from './node-lifecycle/node-lifecycle.ts'
import { claimBinder } from './persistentvolume/claim-binder.ts'
import { volumeBinder } from './persistentvolume/volume-binder.ts'
import { podGarbageCollector } from './pod-gc.ts'
import { attributesClassProtectionController } from './protection/attributes-class-protection.ts'
import { claimProtectionController } from './protection/claim-protection.ts'
import { volumeProtectionController } from './protection/volume-protection.ts'
import { replicaSetController } from './replicaset/replicaset.ts'
import { replicationController } from './replicaset/replicationcontroller.ts'
import { podClaimsController } from './resourceclaim/pod-claims.ts'
import { resourceClaimController } from './resourceclaim/resourceclaim.ts'
import { createResourceQuotaController } from './resourcequota/resourcequota.ts'
import { createRootCaPublisher } from './root-ca-publisher.ts'
import { createServiceAccountTokenController, type ServiceAccountTokenOptions } from './service-account-token.ts'
import { createServiceCidrController } from './service-cidr.ts'
import { createServiceLoadBalancerController, type ServiceLoadBalancerOptions } from './service-load-balancer.ts'
import { serviceAccountController } from './serviceaccount.ts'
import { statefulSetController } from './statefulset/statefulset.ts'
import { systemNamespacesController } from './system-namespaces.ts'
import { systemPriorityClassesController } from './system-priority-classes.ts'
import { taintEvictionController } from './taint-eviction/taint-eviction.ts'
import { ttlAfterFinishedController } from './ttl-after-finished.ts'
import { validatingAdmissionPolicyStatusController } from './validatingadmissionpolicy-status.ts'

export interface ControllersOptions {
  /** every resource that can be deleted: what namespaces are emptied of and garbage is collected from */
  readonly resources: readonly Resource[]
  /** PEM, for `kube-root-ca.crt` */
  readonly certificateAuthority: string
  readonly kubernetesService: KubernetesServiceOptions
  readonly issueToken: ServiceAccountTokenOptions['issueToken']
  readonly signCertificate: CertificateSigningOptions['signCertificate']
  /** out of which Services get their addresses: `10.96.0.0/16` */
  readonly serviceCIDR: string
  readonly nodeLifecycle: NodeLifecycleOptions
  /** undefined: somebody else looks after Services of type LoadBalancer */
  readonly loadBalancer?: ServiceLoadBalancerOptions | undefined
  /** where autoscalers remember, and how often they are looked at; default: in this process, as upstream */
  readonly autoscalers?: Omit<HorizontalPodAutoscalerOptions, 'resources'> | undefined
  /** how extension servers are asked; undefined: there is no way to them */
  readonly extensions?: ApiServiceAvailabilityOptions | undefined
}

/** Every controller. */
export const createControllers = (options: ControllersOptions): Controller[] => [
  systemNamespacesController,
  systemPriorityClassesController,
  createDefaultRolesController(),
  clusterRoleAggregationController,
  flowControlDefaultsController,
  flowSchemaDanglingController,
  createKubernetesServiceController(options.kubernetesService),
  createServiceCidrController(options),
  createNamespaceController(options),
  serviceAccountController,
  createServiceAccountTokenController(options),
  bootstrapTokenCleaner,
  certificateApprovingController,
  createCertificateSigningController(options),
  certificateCleaner,
  createRootCaPublisher(options),
  createApiServiceRegistration(options),
  ...(options.extensions
    ? [
        createApiServiceAvailability(options.extensions),
        createExtensionAuthentication({
          clientAuthority: options.certificateAuthority,
          frontProxyAuthority: options.extensions.frontProxy.authority,
          frontProxyNames: [frontProxyName],
        }),
      ]
    : []),
  validatingAdmissionPolicyStatusController,
  customResourceDefinitionController,
  createCustomResourceDefinitionFinalizer(options),
  deploymentController,
  replicaSetController,
  replicationController,
  statefulSetController,
  daemonSetController,
  createJobController(),
  jobOrphanPodsController,
  createCronJobController(),
  ttlAfterFinishedController,
  createDisruptionController(options),
  staleDisruptionController,
  endpointSliceController,
  endpointsController,
  endpointSliceMirroringController,
  createGarbageCollector(options),
  createHorizontalPodAutoscalerController({
    resources: options.resources,
    ...(options.autoscalers ?? { memories: memoriesInProcess() }),
  }),
  createNodeLifecycleController(options.nodeLifecycle),
  taintEvictionController,
  podGarbageCollector,
  ...(options.loadBalancer ? [createServiceLoadBalancerController(options.loadBalancer)] : []),
  ipAddressRepairController,
  createResourceQuotaController(options),
  standardStorageClassController,
  claimBinder,
  volumeBinder,
  localDirectoryProvisioner,
  localDirectoryReclaimer,
  ephemeralVolumeController,
  claimProtectionController,
  volumeProtectionController,
  attributesClassProtectionController,
  podClaimsController,
  resourceClaimController,
]

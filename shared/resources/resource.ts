import type { Resource } from '../client/client.ts'
import type { KubeObject } from '../meta/object.ts'
import type { CustomResourceDefinition } from './apiextensions/resource.ts'
import type { APIService } from './apiregistration/resource.ts'
import type * as wire from './generated/types.ts'

/** A wire type as an object of the API, with the named fields always there (the server never stores one without). */
type Stored<T, K extends keyof T = never> = T & KubeObject & { [P in K]-?: NonNullable<T[P]> }

export type Namespace = Stored<wire.Namespace>
export type Pod = Stored<wire.Pod, 'spec'>
export type Node = Stored<wire.Node, 'spec'>
export type ConfigMap = Stored<wire.ConfigMap>
export type Secret = Stored<wire.Secret>
export type Service = Stored<wire.Service, 'spec'>
export type Endpoints = Stored<wire.Endpoints>
export type Event = Stored<wire.CoreV1Event>
export type ServiceAccount = Stored<wire.ServiceAccount>
export type ReplicaSet = Stored<wire.ReplicaSet, 'spec'>
export type Deployment = Stored<wire.Deployment, 'spec'>
export type StatefulSet = Stored<wire.StatefulSet, 'spec'>
export type DaemonSet = Stored<wire.DaemonSet, 'spec'>
export type Job = Stored<wire.Job, 'spec'>
export type CronJob = Stored<wire.CronJob, 'spec'>
export type HorizontalPodAutoscaler = Stored<wire.V2HorizontalPodAutoscaler, 'spec'>
export type NodeMetrics = Stored<wire.V1beta1NodeMetrics>
export type PodMetrics = Stored<wire.V1beta1PodMetrics>
export type ReplicationController = Stored<wire.ReplicationController, 'spec'>
export type PodTemplate = Stored<wire.PodTemplate>
export type PersistentVolumeClaim = Stored<wire.PersistentVolumeClaim, 'spec'>
export type PersistentVolume = Stored<wire.PersistentVolume, 'spec'>
export type ResourceQuota = Stored<wire.ResourceQuota, 'spec'>
export type LimitRange = Stored<wire.LimitRange, 'spec'>
export type ControllerRevision = Stored<wire.ControllerRevision>
export type Lease = Stored<wire.Lease, 'spec'>
export type EndpointSlice = Stored<wire.EndpointSlice>
export type CertificateSigningRequest = Stored<wire.CertificateSigningRequest, 'spec'>
export type FlowSchema = Stored<wire.FlowSchema, 'spec'>
export type PriorityLevelConfiguration = Stored<wire.PriorityLevelConfiguration, 'spec'>
export type IPAddress = Stored<wire.IPAddress, 'spec'>
export type ServiceCIDR = Stored<wire.ServiceCIDR, 'spec'>
export type Ingress = Stored<wire.Ingress, 'spec'>
export type IngressClass = Stored<wire.IngressClass, 'spec'>
export type NetworkPolicy = Stored<wire.NetworkPolicy, 'spec'>
export type PodDisruptionBudget = Stored<wire.PodDisruptionBudget, 'spec'>
export type Role = Stored<wire.Role>
export type RoleBinding = Stored<wire.RoleBinding>
export type ClusterRole = Stored<wire.ClusterRole>
export type ClusterRoleBinding = Stored<wire.ClusterRoleBinding>
export type StorageClass = Stored<wire.StorageClass>
export type CSIDriver = Stored<wire.CSIDriver, 'spec'>
export type CSINode = Stored<wire.CSINode, 'spec'>
export type CSIStorageCapacity = Stored<wire.CSIStorageCapacity>
export type VolumeAttachment = Stored<wire.VolumeAttachment, 'spec'>
export type VolumeAttributesClass = Stored<wire.VolumeAttributesClass>
export type PriorityClass = Stored<wire.PriorityClass>
export type RuntimeClass = Stored<wire.RuntimeClass>
export type DeviceClass = Stored<wire.DeviceClass, 'spec'>
export type ResourceClaim = Stored<wire.ResourceV1ResourceClaim, 'spec'>
export type ResourceClaimTemplate = Stored<wire.ResourceClaimTemplate, 'spec'>
export type MutatingWebhookConfiguration = Stored<wire.MutatingWebhookConfiguration>
export type ValidatingWebhookConfiguration = Stored<wire.ValidatingWebhookConfiguration>
export type ResourceSlice = Stored<wire.ResourceSlice, 'spec'>
export type ValidatingAdmissionPolicy = Stored<wire.ValidatingAdmissionPolicy, 'spec'>
export type ValidatingAdmissionPolicyBinding = Stored<wire.ValidatingAdmissionPolicyBinding, 'spec'>

const resource =
  (namespaced: boolean) =>
  <T extends KubeObject>(apiVersion: string, plural: string, kind: string): Resource<T> => {
    const [version = '', group = ''] = apiVersion.split('/').reverse()
    return { group, version, resource: plural, kind, namespaced }
  }
const clusterScoped = resource(false)
const namespaced = resource(true)

export const namespaces = clusterScoped<Namespace>('v1', 'namespaces', 'Namespace')
export const nodes = clusterScoped<Node>('v1', 'nodes', 'Node')
export const podMetrics = namespaced<PodMetrics>('metrics.k8s.io/v1beta1', 'pods', 'PodMetrics')
export const pods = namespaced<Pod>('v1', 'pods', 'Pod')
export const configMaps = namespaced<ConfigMap>('v1', 'configmaps', 'ConfigMap')
export const secrets = namespaced<Secret>('v1', 'secrets', 'Secret')
export const services = namespaced<Service>('v1', 'services', 'Service')
export const endpoints = namespaced<Endpoints>('v1', 'endpoints', 'Endpoints')
export const events = namespaced<Event>('v1', 'events', 'Event')
export const serviceAccounts = namespaced<ServiceAccount>('v1', 'serviceaccounts', 'ServiceAccount')
export const replicaSets = namespaced<ReplicaSet>('apps/v1', 'replicasets', 'ReplicaSet')
export const deployments = namespaced<Deployment>('apps/v1', 'deployments', 'Deployment')
export const statefulSets = namespaced<StatefulSet>('apps/v1', 'statefulsets', 'StatefulSet')
export const daemonSets = namespaced<DaemonSet>('apps/v1', 'daemonsets', 'DaemonSet')
export const jobs = namespaced<Job>('batch/v1', 'jobs', 'Job')
export const cronJobs = namespaced<CronJob>('batch/v1', 'cronjobs', 'CronJob')
export const horizontalPodAutoscalers = namespaced<HorizontalPodAutoscaler>(
  'autoscaling/v2',
  'horizontalpodautoscalers',
  'HorizontalPodAutoscaler',
)
export const replicationControllers = namespaced<ReplicationController>('v1', 'replicationcontrollers', 'ReplicationController')
export const podTemplates = namespaced<PodTemplate>('v1', 'podtemplates', 'PodTemplate')
export const persistentVolumeClaims = namespaced<PersistentVolumeClaim>('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim')
export const persistentVolumes = clusterScoped<PersistentVolume>('v1', 'persistentvolumes', 'PersistentVolume')
export const resourceQuotas = namespaced<ResourceQuota>('v1', 'resourcequotas', 'ResourceQuota')
export const limitRanges = namespaced<LimitRange>('v1', 'limitranges', 'LimitRange')
export const controllerRevisions = namespaced<ControllerRevision>('apps/v1', 'controllerrevisions', 'ControllerRevision')
export const leases = namespaced<Lease>('coordination.k8s.io/v1', 'leases', 'Lease')
export const endpointSlices = namespaced<EndpointSlice>('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice')
export const certificateSigningRequests = clusterScoped<CertificateSigningRequest>(
  'certificates.k8s.io/v1',
  'certificatesigningrequests',
  'CertificateSigningRequest',
)
export const flowSchemas = clusterScoped<FlowSchema>('flowcontrol.apiserver.k8s.io/v1', 'flowschemas', 'FlowSchema')
export const priorityLevelConfigurations = clusterScoped<PriorityLevelConfiguration>(
  'flowcontrol.apiserver.k8s.io/v1',
  'prioritylevelconfigurations',
  'PriorityLevelConfiguration',
)
export const ipAddresses = clusterScoped<IPAddress>('networking.k8s.io/v1', 'ipaddresses', 'IPAddress')
export const serviceCIDRs = clusterScoped<ServiceCIDR>('networking.k8s.io/v1', 'servicecidrs', 'ServiceCIDR')
export const ingresses = namespaced<Ingress>('networking.k8s.io/v1', 'ingresses', 'Ingress')
export const ingressClasses = clusterScoped<IngressClass>('networking.k8s.io/v1', 'ingressclasses', 'IngressClass')
export const networkPolicies = namespaced<NetworkPolicy>('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy')
export const podDisruptionBudgets = namespaced<PodDisruptionBudget>('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget')
export const roles = namespaced<Role>('rbac.authorization.k8s.io/v1', 'roles', 'Role')
export const roleBindings = namespaced<RoleBinding>('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding')
export const clusterRoles = clusterScoped<ClusterRole>('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole')
export const clusterRoleBindings = clusterScoped<ClusterRoleBinding>(
  'rbac.authorization.k8s.io/v1',
  'clusterrolebindings',
  'ClusterRoleBinding',
)
export const storageClasses = clusterScoped<StorageClass>('storage.k8s.io/v1', 'storageclasses', 'StorageClass')
export const csiDrivers = clusterScoped<CSIDriver>('storage.k8s.io/v1', 'csidrivers', 'CSIDriver')
export const csiNodes = clusterScoped<CSINode>('storage.k8s.io/v1', 'csinodes', 'CSINode')
export const csiStorageCapacities = namespaced<CSIStorageCapacity>(
  'storage.k8s.io/v1',
  'csistoragecapacities',
  'CSIStorageCapacity',
)
export const volumeAttachments = clusterScoped<VolumeAttachment>('storage.k8s.io/v1', 'volumeattachments', 'VolumeAttachment')
export const volumeAttributesClasses = clusterScoped<VolumeAttributesClass>(
  'storage.k8s.io/v1',
  'volumeattributesclasses',
  'VolumeAttributesClass',
)
export const priorityClasses = clusterScoped<PriorityClass>('scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass')
export const runtimeClasses = clusterScoped<RuntimeClass>('node.k8s.io/v1', 'runtimeclasses', 'RuntimeClass')
export const deviceClasses = clusterScoped<DeviceClass>('resource.k8s.io/v1', 'deviceclasses', 'DeviceClass')
export const resourceClaims = namespaced<ResourceClaim>('resource.k8s.io/v1', 'resourceclaims', 'ResourceClaim')
export const resourceClaimTemplates = namespaced<ResourceClaimTemplate>(
  'resource.k8s.io/v1',
  'resourceclaimtemplates',
  'ResourceClaimTemplate',
)
export const resourceSlices = clusterScoped<ResourceSlice>('resource.k8s.io/v1', 'resourceslices', 'ResourceSlice')
export const mutatingWebhookConfigurations = clusterScoped<MutatingWebhookConfiguration>(
  'admissionregistration.k8s.io/v1',
  'mutatingwebhookconfigurations',
  'MutatingWebhookConfiguration',
)
export const validatingWebhookConfigurations = clusterScoped<ValidatingWebhookConfiguration>(
  'admissionregistration.k8s.io/v1',
  'validatingwebhookconfigurations',
  'ValidatingWebhookConfiguration',
)
export const validatingAdmissionPolicies = clusterScoped<ValidatingAdmissionPolicy>(
  'admissionregistration.k8s.io/v1',
  'validatingadmissionpolicies',
  'ValidatingAdmissionPolicy',
)
export const validatingAdmissionPolicyBindings = clusterScoped<ValidatingAdmissionPolicyBinding>(
  'admissionregistration.k8s.io/v1',
  'validatingadmissionpolicybindings',
  'ValidatingAdmissionPolicyBinding',
)
export const customResourceDefinitions = clusterScoped<CustomResourceDefinition>(
  'apiextensions.k8s.io/v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
)
export const apiServices = clusterScoped<APIService>('apiregistration.k8s.io/v1', 'apiservices', 'APIService')

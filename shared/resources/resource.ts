import type { Resource } from '../client/client.ts'
import type { KubeObject } from '../meta/object.ts'
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
export type ControllerRevision = Stored<wire.ControllerRevision>
export type Lease = Stored<wire.Lease, 'spec'>
export type EndpointSlice = Stored<wire.EndpointSlice>
export type IPAddress = Stored<wire.IPAddress, 'spec'>
export type ServiceCIDR = Stored<wire.ServiceCIDR, 'spec'>

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
export const pods = namespaced<Pod>('v1', 'pods', 'Pod')
export const configMaps = namespaced<ConfigMap>('v1', 'configmaps', 'ConfigMap')
export const secrets = namespaced<Secret>('v1', 'secrets', 'Secret')
export const services = namespaced<Service>('v1', 'services', 'Service')
export const endpoints = namespaced<Endpoints>('v1', 'endpoints', 'Endpoints')
export const events = namespaced<Event>('v1', 'events', 'Event')
export const serviceAccounts = namespaced<ServiceAccount>('v1', 'serviceaccounts', 'ServiceAccount')
export const replicaSets = namespaced<ReplicaSet>('apps/v1', 'replicasets', 'ReplicaSet')
export const deployments = namespaced<Deployment>('apps/v1', 'deployments', 'Deployment')
export const controllerRevisions = namespaced<ControllerRevision>('apps/v1', 'controllerrevisions', 'ControllerRevision')
export const leases = namespaced<Lease>('coordination.k8s.io/v1', 'leases', 'Lease')
export const endpointSlices = namespaced<EndpointSlice>('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice')
export const ipAddresses = clusterScoped<IPAddress>('networking.k8s.io/v1', 'ipaddresses', 'IPAddress')
export const serviceCIDRs = clusterScoped<ServiceCIDR>('networking.k8s.io/v1', 'servicecidrs', 'ServiceCIDR')
export const customResourceDefinitions = clusterScoped<KubeObject>(
  'apiextensions.k8s.io/v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
)

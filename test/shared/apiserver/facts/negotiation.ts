import type { FactRequest } from './requests.ts'

const maps = '/api/v1/namespaces/facts/configmaps'
const deployment = '/apis/apps/v1/namespaces/facts/deployments/d'
const merge = 'application/merge-patch+json'
const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'd', namespace: 'facts' }, spec: { replicas: 0 } }
const access = { spec: { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'facts' } } }

const targets: Readonly<Record<string, FactRequest>> = {
  get: { method: 'GET', url: `${maps}/c` },
  'get what is not there': { method: 'GET', url: `${maps}/none` },
  list: { method: 'GET', url: maps },
  watch: { method: 'GET', url: `${maps}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name=c` },
  create: { method: 'POST', url: `${maps}?dryRun=All`, body: { metadata: { name: 'new' } } },
  update: { method: 'PUT', url: `${maps}/c?dryRun=All`, body: { metadata: { name: 'c' } } },
  patch: { method: 'PATCH', url: `${maps}/c?dryRun=All`, body: { data: { a: 'c' } }, contentType: merge },
  delete: { method: 'DELETE', url: `${maps}/c?dryRun=All` },
  'delete many': { method: 'DELETE', url: `${maps}?dryRun=All` },
  'get status': { method: 'GET', url: `${deployment}/status` },
  'get scale': { method: 'GET', url: `${deployment}/scale` },
  'update scale': { method: 'PUT', url: `${deployment}/scale?dryRun=All`, body: scale },
  token: { method: 'POST', url: '/api/v1/namespaces/facts/serviceaccounts/account/token', body: { spec: {} } },
  eviction: { method: 'POST', url: '/api/v1/namespaces/facts/pods/p/eviction?dryRun=All', body: { metadata: { name: 'p' } } },
  SelfSubjectAccessReview: { method: 'POST', url: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body: access },
  SelfSubjectRulesReview: {
    method: 'POST',
    url: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
    body: { spec: { namespace: 'facts' } },
  },
  LocalSubjectAccessReview: {
    method: 'POST',
    url: '/apis/authorization.k8s.io/v1/namespaces/facts/localsubjectaccessreviews',
    body: { metadata: { namespace: 'facts' }, spec: { ...access.spec, user: 'u' } },
  },
  TokenReview: { method: 'POST', url: '/apis/authentication.k8s.io/v1/tokenreviews', body: { spec: { token: 'x' } } },
  SelfSubjectReview: { method: 'POST', url: '/apis/authentication.k8s.io/v1/selfsubjectreviews', body: {} },
  'resource list': { method: 'GET', url: '/api/v1' },
}

const meta = 'g=meta.k8s.io'
export const accepts: readonly string[] = [
  '*/*',
  'application/*',
  'text/*',
  'text/html',
  'application/json',
  'APPLICATION/JSON',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/vnd.kubernetes.protobuf,application/json',
  'application/cbor',
  'garbage',
  'application/json;charset=utf-8',
  'application/json;pretty=1',
  'application/json;q=0.1,application/yaml;q=0.9',
  'application/json;q=0.9,application/yaml;q=0.1',
  'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'application/json;stream=watch',
  'application/json;as=Table',
  `application/json;as=Table;v=v1;${meta}`,
  `application/json;as=Table;v=v1beta1;${meta}`,
  `application/json;as=Table;v=v2;${meta}`,
  'application/json;as=Table;v=v1;g=example.com',
  `application/json;as=Table;v=v1;${meta},application/json`,
  `application/yaml;as=Table;v=v1;${meta}`,
  `*/*;as=Table;v=v1;${meta}`,
  `application/json;as=PartialObjectMetadata;v=v1;${meta}`,
  `application/json;as=PartialObjectMetadata;v=v1beta1;${meta}`,
  `application/json;as=PartialObjectMetadataList;v=v1;${meta}`,
  `application/json;as=PartialObjectMetadata;v=v1;${meta},application/json`,
  `application/json;as=Other;v=v1;${meta}`,
  `application/json;as=ConfigMap;v=v1;g=`,
]

export const negotiations: ReadonlyMap<string, FactRequest> = new Map(
  Object.entries(targets).flatMap(([name, request]) =>
    accepts.map((accept) => [`${name}: ${accept}`, { ...request, accept }] as const),
  ),
)

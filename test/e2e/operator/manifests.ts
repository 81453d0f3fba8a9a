const group = 'websites.example.com'
const namespace = 'websites'
export const operatorImage = 'mycompany/website-operator:1'

const spec = (hosts: object, required: string) => ({
  type: 'object',
  required: [required],
  properties: {
    ...hosts,
    pages: { type: 'object', additionalProperties: { type: 'string' } },
    replicas: { type: 'integer', format: 'int32', minimum: 0, maximum: 9 },
  },
})

const version = (name: string, storage: boolean, specSchema: object) => ({
  name,
  storage,
  served: true,
  subresources: {
    status: {},
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.readyReplicas' },
  },
  additionalPrinterColumns: [{ name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' }],
  schema: {
    openAPIV3Schema: {
      type: 'object',
      required: ['spec'],
      properties: { spec: specSchema, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    },
  },
})

/** As a chart of it would render: with a certificate that its maker signed. */
export const operatorManifests = ({ authority, certificate, key, flags }: OperatorOptions): object[] => {
  const clientConfig = (path: string) => ({
    service: { namespace, name: 'webhooks', path, port: 443 },
    caBundle: Buffer.from(authority).toString('base64'),
  })
  const webhook = (path: string, operations: readonly string[]) => ({
    name: `${path.slice(1, path.indexOf('-'))}.${group}`,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    rules: [{ apiGroups: [group], apiVersions: ['v2'], operations, resources: ['websites'] }],
    clientConfig: clientConfig(path),
  })
  const role = (name: string, rules: readonly object[]) => [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', namespace, name }],
    },
  ]
  const account = (name: string) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } })
  const service = (name: string, port: number, targetPort: number) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: { selector: { app: 'operator' }, ports: [{ port, targetPort }] },
  })
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `websites.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural: 'websites', singular: 'website', kind: 'Website', listKind: 'WebsiteList', shortNames: ['site'] },
        conversion: {
          strategy: 'Webhook',
          webhook: { conversionReviewVersions: ['v1'], clientConfig: clientConfig('/convert') },
        },
        versions: [
          version('v1', false, spec({ host: { type: 'string' } }, 'host')),
          version('v2', true, spec({ hosts: { type: 'array', minItems: 1, items: { type: 'string' } } }, 'hosts')),
        ],
      },
    },
    account('operator'),
    account('scraper'),
    ...role('operator', [
      { apiGroups: [group], resources: ['websites', 'websites/status', 'websites/finalizers'], verbs: ['*'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['*'] },
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['*'] },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['*'] },
      { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
      { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
      { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
    ]),
    ...role('scraper', [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }]),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: { namespace, name: 'certificate' },
      stringData: { 'tls.crt': certificate, 'tls.key': key },
    },
    service('webhooks', 443, 9443),
    service('metrics', 8443, 8443),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace, name: 'operator' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'operator' } },
        template: {
          metadata: { labels: { app: 'operator' } },
          spec: {
            serviceAccountName: 'operator',
            terminationGracePeriodSeconds: 5,
            securityContext: { runAsNonRoot: true, runAsUser: 65532, fsGroup: 65532 },
            containers: [
              {
                name: 'manager',
                image: operatorImage,
                args: flags,
                env: [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
                readinessProbe: { httpGet: { path: '/readyz', port: 8081 }, periodSeconds: 1 },
                livenessProbe: { httpGet: { path: '/healthz', port: 8081 }, periodSeconds: 10 },
                volumeMounts: [{ name: 'certificate', mountPath: '/tmp/k8s-webhook-server/serving-certs', readOnly: true }],
              },
            ],
            volumes: [{ name: 'certificate', secret: { secretName: 'certificate' } }],
          },
        },
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: group },
      webhooks: [webhook('/mutate-websites-example-com-v2-website', ['CREATE', 'UPDATE'])],
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: group },
      webhooks: [webhook('/validate-websites-example-com-v2-website', ['CREATE', 'UPDATE', 'DELETE'])],
    },
  ]
}

export interface OperatorOptions {
  /** PEM */
  readonly authority: string
  readonly certificate: string
  readonly key: string
  readonly flags: readonly string[]
}

/** A policy with its bindings, and requests that it is asked about. Each case has a namespace of its own, which texts call NS. */
export interface Case {
  readonly what: string
  /** Of the policy; matchConstraints default to all ConfigMaps of NS, which every part of them may say otherwise. */
  readonly spec: Readonly<Record<string, unknown>>
  /** Specs; one with the action Deny by default. */
  readonly bindings?: readonly Readonly<Record<string, unknown>>[]
  readonly namespaceLabels?: Readonly<Record<string, string>>
  /** what is there before the policy is */
  readonly before?: readonly Request[]
  readonly requests: readonly Request[]
}

export interface Request {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly type?: string
  /** of impersonation */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

/** What became of a request. */
export interface Outcome {
  readonly code: number
  readonly warning?: string
  /** of what was refused, the Status */
  readonly status?: unknown
  /** by policies */
  readonly annotations?: Readonly<Record<string, string>>
}

/** What a case makes, in this order, before anybody asks. */
export const preparations = ({ spec, bindings = [{}], namespaceLabels, before = [] }: Case): Request[] => {
  const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies'
  const constraints = {
    resourceRules: [{ apiGroups: [''], apiVersions: ['*'], operations: ['*'], resources: ['configmaps'] }],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'NS' } },
    ...(spec.matchConstraints as object | undefined),
  }
  return [
    { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'NS', labels: namespaceLabels } } },
    ...before,
    { method: 'POST', path: policies, body: { metadata: { name: 'NS' }, spec: { ...spec, matchConstraints: constraints } } },
    ...bindings.map((binding, index) => ({
      method: 'POST',
      path: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
      body: {
        metadata: { name: `NS-${index}` },
        spec: { policyName: 'NS', validationActions: ['Deny'], ...binding },
      },
    })),
  ]
}

/** What has to go first, so that nothing it says stands in the way of the rest. */
export const removals = ({ bindings = [{}] }: Case): Request[] => [
  ...bindings.map((_, index) => ({
    method: 'DELETE',
    path: `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/NS-${index}`,
  })),
  { method: 'DELETE', path: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/NS' },
]

export const namespaceOf = (prefix: string, index: number): string => `${prefix}-${index}`

const uid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g

export const outcomeOf = (
  code: number,
  text: string,
  { warning, annotations }: { warning?: string | undefined; annotations: Readonly<Record<string, string>> },
): Outcome => {
  const own = Object.entries(annotations).filter(([key]) => /^validation\.policy\.|^facts-of-policies-\d+\//.test(key))
  return {
    code,
    ...(warning && { warning }),
    ...(code >= 400 && { status: steady(text) }),
    ...(own.length > 0 && { annotations: Object.fromEntries(own.map(inOrder).sort(([a], [b]) => (a < b ? -1 : 1))) }),
  }
}

/** Upstream asks bindings in any order. */
const inOrder = ([key, value]: [string, string]): [string, string] =>
  value.startsWith('[') ? [key, value] : [key, value.split(', ').sort().join(', ')]

/** What is no Status goes as text. */
const steady = (text: string): unknown => {
  const same = text.replaceAll(uid, '(uid)').replaceAll(time, '(time)')
  if (!same.startsWith('{')) return same
  const { metadata: _metadata, ...status } = JSON.parse(same) as Record<string, unknown>
  return status
}

export const contentTypeOf = ({ method, type }: Request): string =>
  type ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json')

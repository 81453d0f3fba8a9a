import type { PolicyRulesWithSubjects, FlowcontrolV1Subject as Subject } from '../../generated/types.ts'
import type { FlowSchema } from '../../resource.ts'
import { keptUpToDate } from './autoupdate.ts'

const groups = (...names: string[]): Subject[] => names.map((name) => ({ kind: 'Group', group: { name } }))
const users = (...names: string[]): Subject[] => names.map((name) => ({ kind: 'User', user: { name } }))
const systemAccounts: Subject = { kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: 'kube-system' } }
const everybody = groups('system:unauthenticated', 'system:authenticated')

const everything: Omit<PolicyRulesWithSubjects, 'subjects'> = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
}
const leases = (...verbs: string[]) => ({
  verbs,
  apiGroups: ['coordination.k8s.io'],
  resources: ['leases'],
  namespaces: ['*'],
})

interface Matching {
  readonly level: string
  readonly precedence: number
  readonly by?: 'ByUser' | 'ByNamespace'
}

const schema = (name: string, { level, precedence, by }: Matching, rule: PolicyRulesWithSubjects): FlowSchema => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'FlowSchema',
  metadata: { name, annotations: keptUpToDate },
  spec: {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence: precedence,
    ...(by && { distinguisherMethod: { type: by } }),
    rules: [rule],
  },
})

/** Requests have these whether or not there are objects that say so. */
export const exemptSchema = schema(
  'exempt',
  { level: 'exempt', precedence: 1 },
  { subjects: groups('system:masters'), ...everything },
)
export const catchAllSchema = schema(
  'catch-all',
  { level: 'catch-all', precedence: 10_000, by: 'ByUser' },
  { subjects: everybody, ...everything },
)

export const mandatoryFlowSchemas: readonly FlowSchema[] = [exemptSchema, catchAllSchema]

/** In upstream's order of writing. */
export const suggestedFlowSchemas: readonly FlowSchema[] = [
  schema('system-nodes', { level: 'system', precedence: 500, by: 'ByUser' }, { subjects: groups('system:nodes'), ...everything }),
  schema(
    'system-node-high',
    { level: 'node-high', precedence: 400, by: 'ByUser' },
    {
      subjects: groups('system:nodes'),
      resourceRules: [
        { verbs: ['*'], apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ['*'] },
        leases('*'),
      ],
    },
  ),
  schema(
    'probes',
    { level: 'exempt', precedence: 2 },
    { subjects: everybody, nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] },
  ),
  schema(
    'system-leader-election',
    { level: 'leader-election', precedence: 100, by: 'ByUser' },
    {
      subjects: [...users('system:kube-controller-manager', 'system:kube-scheduler'), systemAccounts],
      resourceRules: [leases('get', 'create', 'update')],
    },
  ),
  schema(
    'kube-controller-manager',
    { level: 'workload-high', precedence: 800, by: 'ByNamespace' },
    { subjects: users('system:kube-controller-manager'), ...everything },
  ),
  schema(
    'kube-scheduler',
    { level: 'workload-high', precedence: 800, by: 'ByNamespace' },
    { subjects: users('system:kube-scheduler'), ...everything },
  ),
  schema(
    'kube-system-service-accounts',
    { level: 'workload-high', precedence: 900, by: 'ByNamespace' },
    { subjects: [systemAccounts], ...everything },
  ),
  schema(
    'service-accounts',
    { level: 'workload-low', precedence: 9000, by: 'ByUser' },
    { subjects: groups('system:serviceaccounts'), ...everything },
  ),
  schema('global-default', { level: 'global-default', precedence: 9900, by: 'ByUser' }, { subjects: everybody, ...everything }),
]

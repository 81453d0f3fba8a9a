import { asTable, creations, namespace, patch, removals, type Said } from './conversation.ts'

const base = '/apis/rbac.authorization.k8s.io/v1'
const inNamespace = `${base}/namespaces/${namespace}`
const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] }
const withRule = (changes: object) => ({ rules: [{ ...rule, ...changes }] })

const roles = {
  'no rules': {},
  'rules of null': { rules: null },
  'a rule': { rules: [rule] },
  'names of resources': withRule({ resourceNames: ['a'] }),
  'a rule without verbs': withRule({ verbs: [] }),
  'a rule whose verbs are not there': { rules: [{ apiGroups: [''], resources: ['x'] }] },
  'a rule without groups': withRule({ apiGroups: [] }),
  'a rule without resources': withRule({ resources: undefined }),
  'an empty rule': { rules: [{}] },
  paths: { rules: [{ nonResourceURLs: ['/x'], verbs: ['get'] }] },
  'paths and resources': withRule({ nonResourceURLs: ['/x'] }),
  'a name with a slash': { metadata: { name: 'a/b' } },
  'a name of dots': { metadata: { name: '..' } },
  'an aggregation of nothing': { aggregationRule: {} },
  'an aggregation': { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } },
  'wrong selectors': {
    aggregationRule: {
      clusterRoleSelectors: [{ matchLabels: { 'a b': 'b' } }, { matchExpressions: [{ key: 'a', operator: 'Is' }] }],
    },
  },
}

const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }
const jane = { kind: 'User', name: 'jane' }
const ref = (changes: object) => ({ roleRef: { ...roleRef, ...changes } })
const subject = (value: object) => ({ roleRef, subjects: [value] })

const bindings = {
  'no role': {},
  'a role': { roleRef },
  'a role without a group': { ...ref({ apiGroup: undefined }), subjects: [jane] },
  'a role of another group': ref({ apiGroup: 'x' }),
  'a role of another kind': ref({ kind: 'Rolle' }),
  'a Role': ref({ kind: 'Role' }),
  'a role without a kind': { roleRef: { name: 'x' } },
  'a role without a name': ref({ name: '' }),
  'a role with a wrong name': ref({ name: 'a/b' }),
  subjects: { roleRef, subjects: [jane, { kind: 'Group', name: 'g' }, { kind: 'ServiceAccount', name: 's', namespace: 'n' }] },
  'a service account without a namespace': subject({ kind: 'ServiceAccount', name: 's' }),
  'a service account with a wrong name': subject({ kind: 'ServiceAccount', name: 'S_', namespace: 'n' }),
  'a service account with a group': subject({ kind: 'ServiceAccount', name: 's', namespace: 'n', apiGroup: 'x' }),
  'a user without a name': subject({ kind: 'User' }),
  'a user of another group': subject({ ...jane, apiGroup: 'x' }),
  'a subject of another kind': subject({ kind: 'Robot', name: 'r' }),
  'a subject without a kind': subject({ name: 'r' }),
  'much at once': { roleRef: { kind: 'x' }, subjects: [{ name: '' }, { kind: 'Group' }] },
  'subjects of null': { roleRef, subjects: null },
}

const binding = `${inNamespace}/rolebindings/binding`

export const rbac: readonly Said[] = [
  { what: 'discovery', path: base },
  ...creations(`${inNamespace}/roles`, roles),
  ...creations(`${base}/clusterroles`, roles),
  ...creations(`${inNamespace}/rolebindings`, bindings),
  ...creations(`${base}/clusterrolebindings`, bindings),
  { what: 'a binding', method: 'POST', path: `${inNamespace}/rolebindings`, body: { metadata: { name: 'binding' }, roleRef } },
  patch('another role', binding, { roleRef: { name: 'edit' } }),
  patch('other subjects', binding, { subjects: [jane] }),
  {
    what: 'an update creates',
    method: 'PUT',
    path: `${inNamespace}/roles/put`,
    body: { metadata: { name: 'put' }, rules: [rule] },
  },
  { what: 'roles as a table', path: `${inNamespace}/roles?fieldSelector=metadata.name%3Dput`, accept: asTable },
  { what: 'bindings as a table', path: `${inNamespace}/rolebindings`, accept: asTable },
  { what: 'a deletion', method: 'DELETE', path: `${inNamespace}/roles/put` },
  ...removals(`${base}/clusterroles`, roles),
  ...removals(`${base}/clusterrolebindings`, bindings),
]

import type { Case } from '../case.ts'
import { as, create, post } from './requests.ts'
import { only } from './specs.ts'

export const asking: readonly Case[] = [
  ...['admin', 'nobody'].map((user) => ({
    what: `what ${user} may`,
    spec: {
      validations: [
        {
          expression:
            "authorizer.requestResource.check('delete').allowed() && authorizer.group('').resource('secrets').namespace('NS').name('s').subresource('x').check('get').allowed()",
          message: 'may not',
        },
        { expression: "authorizer.path('/metrics').check('get').allowed()", message: 'no path' },
      ],
    },
    before: [
      post('/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings', {
        metadata: { name: 'b' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'nobody' }],
      }),
    ],
    requests: [user === 'admin' ? as('admin', create('a')) : { ...create('a'), headers: { 'impersonate-user': 'nobody' } }],
  })),
  {
    what: 'what an account may',
    spec: only("authorizer.serviceAccount('NS', 'a').group('').resource('configmaps').namespace('NS').check('get').allowed()", {
      message: 'it may not',
    }),
    requests: [create('a')],
  },
  {
    what: 'why it may',
    spec: {
      validations: [
        { expression: "authorizer.requestResource.check('get').reason() == ''", message: 'a reason' },
        { expression: "!authorizer.requestResource.check('get').errored()", message: 'an error' },
      ],
    },
    requests: [create('a')],
  },
]

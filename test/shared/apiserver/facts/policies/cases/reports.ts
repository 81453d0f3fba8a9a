import type { Case } from '../case.ts'
import { account, base, create, deployment, maps, patch, pod, post, remove } from './requests.ts'
import { concerning, core, ofMaps, only, ref, tells } from './specs.ts'

/** What public reports tell of, as their authors wrote it. */
export const reports: readonly Case[] = [
  {
    what: 'report: the object of a deletion (kyverno 10576, 14136, gatekeeper 144)',
    spec: { ...only('!has(object.spec.hostNetwork)', { message: 'm' }), ...ofMaps('DELETE') },
    before: [create('a')],
    requests: [remove(`${maps}/a`)],
  },
  {
    what: 'report: a message about the object of a deletion (deckhouse 21756)',
    spec: {
      ...only("request.userInfo.username == 'x'", {
        reason: 'Forbidden',
        messageExpression: "object.kind == 'Namespace' ? 'a' : 'b'",
      }),
      ...ofMaps('DELETE'),
    },
    before: [create('a')],
    requests: [remove(`${maps}/a`)],
  },
  {
    what: 'report: labels that are not there (ovn-kubernetes 3272)',
    spec: {
      validations: [
        {
          expression: "!(has(oldObject.metadata.labels) && oldObject.metadata.labels['x/protected'] == 'true')",
          message: 'protected',
        },
      ],
      ...ofMaps('DELETE'),
    },
    before: [create('a'), create('b', {}, { labels: { y: 'z' } }), create('c', {}, { labels: { 'x/protected': 'true' } })],
    requests: [remove(`${maps}/a`), remove(`${maps}/b`), remove(`${maps}/c`)],
  },
  {
    what: 'report: parts that may not be there (charts 280, website 54383)',
    spec: {
      validations: [
        { expression: 'object.spec.template.spec.?securityContext.?runAsNonRoot.orValue(false) == true', message: 'root' },
        {
          expression:
            'object.spec.template.spec.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || c.securityContext.privileged == false)',
        },
        {
          expression:
            "object.spec.template.spec.containers.all(c, quantity(c.resources.limits['memory']).isLessThan(quantity('1Gi')))",
        },
      ],
      ...concerning(['deployments']),
    },
    requests: [deployment('d')],
  },
  {
    what: 'report: a Secret of a type (kyverno 9351)',
    spec: {
      validations: [
        {
          expression: "!has(object.type) || object.type != 'kubernetes.io/service-account-token'",
          message: 'long lived API tokens are not allowed',
        },
        { expression: '!has(object.automountServiceAccountToken)', message: 'automounting of tokens is not allowed' },
      ],
      ...concerning(['secrets']),
    },
    requests: [
      post(`${base}/secrets`, { metadata: { name: 's' } }),
      post(`${base}/secrets`, { metadata: { name: 't' }, type: 'kubernetes.io/basic-auth', stringData: { username: 'a' } }),
    ],
  },
  {
    what: 'report: every ConfigMap of the namespace as params (kubernetes 125777, 135497)',
    spec: {
      paramKind: core,
      ...only(
        'object.metadata.name == params.metadata.name || !has(params.data) || !has(params.data.host) || params.data.host != object.data.host',
        {
          message: 'taken',
        },
      ),
    },
    bindings: [ref({ selector: {} })],
    before: [create('one', { host: 'a' })],
    requests: [create('two', { host: 'b' }), create('three', { host: 'a' }), patch(`${maps}/one`, { data: { x: 'y' } })],
  },
  {
    what: 'report: who is exempt (website 40200)',
    spec: {
      matchConditions: [
        {
          name: 'exclude-leases',
          expression: "!(request.resource.group == 'coordination.k8s.io' && request.resource.resource == 'leases')",
        },
        { name: 'exclude-kubelet-requests', expression: "!('system:nodes' in request.userInfo.groups)" },
        { name: 'rbac', expression: "request.resource.group != 'rbac.authorization.k8s.io'" },
      ],
      ...only('false'),
      ...concerning(['configmaps', 'leases'], {}, { operations: ['CREATE'] }),
    },
    requests: [
      create('a'),
      post('/apis/coordination.k8s.io/v1/namespaces/NS/leases', { metadata: { name: 'l' }, spec: {} }),
      { ...create('b'), headers: { 'impersonate-user': 'n', 'impersonate-group': ['system:nodes', 'system:masters'] } },
    ],
  },
  {
    what: 'report: what a subresource changes',
    spec: {
      ...tells(
        "request.subResource + ' ' + object.kind + ' ' + oldObject.kind + ' ' + string(has(object.spec.ephemeralContainers))",
      ),
      ...concerning(['pods/ephemeralcontainers', 'pods/resize', 'namespaces/finalize', 'namespaces/status']),
    },
    before: [account, pod],
    requests: [
      patch(`${base}/pods/p/ephemeralcontainers`, { spec: { ephemeralContainers: [{ name: 'e', image: 'i' }] } }),
      patch(`${base}/pods/p/resize`, {
        spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }] },
      }),
    ],
  },
  {
    what: 'report: numbers of two kinds',
    spec: {
      ...only('object.spec.replicas * 2 <= 5 && double(object.spec.replicas) * 1.5 < 4.0 && object.spec.replicas < 4.5'),
      ...concerning(['deployments']),
    },
    requests: [deployment('d')],
  },
]

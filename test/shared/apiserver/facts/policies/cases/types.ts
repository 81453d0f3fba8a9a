import type { Case } from '../case.ts'
import { create, deployment, maps, patch, remove } from './requests.ts'
import { concerning, tells } from './specs.ts'

export const types: readonly Case[] = [
  {
    what: 'what stands in an object',
    spec: {
      ...tells(
        "string(type(object.spec.replicas) == int) + ' ' + string(type(object.metadata.generation) == int) + ' ' + string(has(object.status)) + ' ' + string(has(object.metadata.managedFields)) + ' ' + string(type(object.metadata.creationTimestamp) == string) + ' ' + object.spec.strategy.type + ' ' + string(type(object.spec.strategy.rollingUpdate.maxSurge) == string) + ' ' + string(size(object.spec.template.spec.containers[0].resources))",
      ),
      ...concerning(['deployments']),
    },
    requests: [deployment('d')],
  },
  {
    what: 'what is not in an object',
    spec: {
      ...tells(
        'string(has(object.spec.paused)) + string(has(object.metadata.labels)) + string(has(object.metadata.annotations)) + string(has(object.spec.template.spec.nodeSelector)) + string(has(object.metadata.deletionTimestamp))',
      ),
      ...concerning(['deployments']),
    },
    requests: [deployment('d')],
  },
  {
    what: 'the namespace',
    namespaceLabels: { team: 'a' },
    spec: tells(
      "namespaceObject.metadata.labels['team'] + ' ' + namespaceObject.status.phase + ' ' + namespaceObject.spec.finalizers.join(',') + ' ' + string(has(namespaceObject.metadata.annotations)) + ' ' + string('kind' in dyn(namespaceObject))",
    ),
    requests: [create('a')],
  },
  {
    what: 'quantities, addresses, patterns',
    spec: {
      validations: [
        { expression: "quantity(object.data.q).isLessThan(quantity('1Gi'))", message: 'q' },
        { expression: 'isIP(object.data.ip) && ip(object.data.ip).family() == 4', message: 'ip' },
        { expression: "object.data.s.matches('^[a-z]+$')", message: 's' },
      ],
    },
    requests: [
      create('a', { q: '1Mi', ip: '1.2.3.4', s: 'abc' }),
      create('b', { q: '2Gi', ip: '1.2.3.4', s: 'abc' }),
      create('c', { q: 'x', ip: '1.2.3.4', s: 'abc' }),
      create('d', { q: '1', ip: '::1', s: 'abc' }),
      create('e', { q: '1', ip: '1.2.3.4', s: 'ABC' }),
    ],
  },
  {
    what: 'what was before',
    spec: {
      validations: [
        {
          expression: 'oldObject == null || object == null || oldObject.data == object.data',
          messageExpression: "'from ' + oldObject.data.a + ' to ' + object.data.a",
        },
      ],
    },
    before: [create('a', { a: 'x' })],
    requests: [
      patch(`${maps}/a`, { metadata: { labels: { l: 'm' } } }),
      patch(`${maps}/a`, { data: { a: 'y' } }),
      remove(`${maps}/a`),
    ],
  },
]

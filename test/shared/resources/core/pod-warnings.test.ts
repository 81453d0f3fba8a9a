import { describe, expect, it } from 'vitest'
import { kind } from '../definition-of.ts'

const pod = kind('Pod')
const base = { name: 'c', image: 'nginx:1' }

describe('warnings about a pod', () => {
  const warnings = (spec: object, metadata: object = {}) =>
    pod.warnings({ metadata: { name: 'it', ...metadata }, spec: { containers: [base], ...spec } })

  it.each([
    [
      'a variable twice',
      {
        containers: [
          {
            ...base,
            env: [
              { name: 'A', value: '1' },
              { name: 'A', value: '2' },
            ],
          },
        ],
      },
      ['spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'],
    ],
    [
      'a variable that builds on itself',
      {
        containers: [
          {
            ...base,
            env: [
              { name: 'A', value: '1' },
              { name: 'A', value: '$(A):2' },
            ],
          },
        ],
      },
      [],
    ],
    [
      'a port twice',
      { containers: [{ ...base, ports: [{ containerPort: 80 }, { containerPort: 80 }] }] },
      ['spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]'],
    ],
    [
      'a bit of a byte',
      { containers: [{ ...base, resources: { requests: { memory: '100m' } } }] },
      ['spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer'],
    ],
    [
      'an old volume',
      { volumes: [{ name: 'v', gitRepo: { repository: 'x' } }] },
      ['spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+'],
    ],
    [
      'an old node label',
      { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
      ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
    ],
    [
      'files that hide each other',
      {
        volumes: [
          {
            name: 'v',
            projected: {
              sources: [
                { secret: { name: 's', items: [{ key: 'k', path: 'a' }] } },
                { configMap: { name: 'c', items: [{ key: 'k', path: 'a/b' }] } },
                {},
              ],
            },
          },
        ],
      },
      [
        'volume "v" (Projected) has no sources provided',
        'volume "v" (Projected): overlapping paths: "a/b" (ConfigMap "c") with "a" (Secret "s")',
      ],
    ],
    [
      'an address without a port',
      { containers: [{ ...base, ports: [{ containerPort: 80, hostIP: '1.2.3.4' }] }] },
      [
        'spec.containers[0].ports[0]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:80 Protocol:TCP HostIP:1.2.3.4}',
      ],
    ],
    [
      'old labels and wrong values of a preference',
      {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 1,
                preference: { matchExpressions: [{ key: 'beta.kubernetes.io/arch', operator: 'In', values: ['a b'] }] },
              },
            ],
          },
        },
      },
      [
        expect.stringMatching(
          /\[0\]\.preference\.matchExpressions\[0\]\.key: beta\.kubernetes\.io\/arch is deprecated since v1\.14; use "kubernetes\.io\/arch" instead$/,
        ),
        expect.stringMatching(/\[0\]\.preference\.matchExpressions\[0\]\.values\[0\]: a b is invalid, a valid label must be/),
      ],
    ],
  ])('tell of %s', (_, spec, expected) => {
    expect(warnings(spec)).toEqual(expected)
  })

  it('tell of annotations that fields have replaced', () => {
    expect(warnings({}, { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default' } })).toEqual([
      'metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead',
    ])
  })

  it('tell of names that are no labels', () => {
    expect(warnings({}, { name: 'a.b' })).toEqual([
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { kind } from '../definition-of.ts'

const pod = kind('Pod')
const base = { name: 'c', image: 'nginx:1' }
const withSpec = (spec: object) => pod.errors({ spec: { containers: [base], ...spec } })
const withContainer = (container: object) => withSpec({ containers: [{ ...base, ...container }] })
const label63 =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

describe('validation of a container', () => {
  it.each([
    ['no name', { name: '' }, ['spec.containers[0].name: Required value']],
    ['a wrong name', { name: 'Bad_Name' }, [`spec.containers[0].name: Invalid value: "Bad_Name": ${label63}`]],
    ['no image', { image: '' }, ['spec.containers[0].image: Required value']],
    [
      'a padded image',
      { image: ' nginx' },
      ['spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace'],
    ],
    [
      'a pull policy',
      { imagePullPolicy: 'Maybe' },
      ['spec.containers[0].imagePullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"'],
    ],
    [
      'a port too high',
      { ports: [{ containerPort: 70000 }] },
      ['spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive'],
    ],
    ['no port', { ports: [{}] }, ['spec.containers[0].ports[0].containerPort: Required value']],
    [
      'a long port name',
      { ports: [{ containerPort: 1, name: 'a-very-long-port-name' }] },
      ['spec.containers[0].ports[0].name: Invalid value: "a-very-long-port-name": must be no more than 15 characters'],
    ],
    [
      'a protocol',
      { ports: [{ containerPort: 1, protocol: 'ICMP' }] },
      ['spec.containers[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
    ],
    [
      'host ports twice',
      {
        ports: [
          { containerPort: 1, hostPort: 80 },
          { containerPort: 2, hostPort: 80 },
        ],
      },
      ['spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//80"'],
    ],
    ['an empty variable', { env: [{ name: '' }] }, ['spec.containers[0].env[0].name: Required value']],
    [
      'a variable with =',
      { env: [{ name: 'a=b' }] },
      [
        'spec.containers[0].env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than \'=\'',
      ],
    ],
    [
      'a source of nothing',
      { env: [{ name: 'A', valueFrom: {} }] },
      [
        'spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
      ],
    ],
    [
      'a value and a source',
      { env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
      ['spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'],
    ],
    [
      'an unknown field',
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.whatever' } } }] },
      [
        'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.whatever": error converting fieldPath: field label not supported: metadata.whatever',
      ],
    ],
    [
      'all labels in a variable',
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.labels' } } }] },
      [
        'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "metadata.labels": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
      ],
    ],
    [
      'a secret without a key',
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's' } } }] },
      ['spec.containers[0].env[0].valueFrom.secretKeyRef.key: Required value'],
    ],
    [
      'variables of nothing',
      { envFrom: [{}] },
      ['spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`'],
    ],
    [
      'a mount of nothing',
      { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
      ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ],
    [
      'a request over its limit',
      { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } },
      ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    ],
    [
      'a negative request',
      { resources: { requests: { memory: '-1' } } },
      ['spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0'],
    ],
    [
      'an unknown resource',
      { resources: { requests: { disk: '1' } } },
      [
        'spec.containers[0].resources.requests[disk]: Invalid value: "disk": must be a standard resource type or fully qualified',
        'spec.containers[0].resources.requests[disk]: Invalid value: "disk": must be a standard resource for containers',
      ],
    ],
    [
      'half a device',
      { resources: { limits: { 'example.com/gpu': '500m' } } },
      [
        'spec.containers[0].resources.limits[example.com/gpu]: Invalid value: "500m": must be an integer',
        'spec.containers[0].resources.requests[example.com/gpu]: Invalid value: "500m": must be an integer',
      ],
    ],
    [
      'a probe of nothing',
      { livenessProbe: {} },
      ['spec.containers[0].livenessProbe: Required value: must specify a handler type'],
    ],
    [
      'a probe of two things',
      { livenessProbe: { exec: { command: ['x'] }, tcpSocket: { port: 1 } } },
      ['spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type'],
    ],
    [
      'two successes of life',
      { livenessProbe: { exec: { command: ['x'] }, successThreshold: 2 } },
      ['spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1'],
    ],
    [
      'a negative delay',
      { readinessProbe: { exec: { command: ['x'] }, initialDelaySeconds: -1 } },
      ['spec.containers[0].readinessProbe.initialDelaySeconds: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'a probe of port 0',
      { readinessProbe: { httpGet: { port: 0 } } },
      ['spec.containers[0].readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive'],
    ],
    [
      'a scheme',
      { readinessProbe: { httpGet: { port: 80, scheme: 'FTP' } } },
      ['spec.containers[0].readinessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"'],
    ],
    [
      'a sleep longer than the grace',
      { lifecycle: { preStop: { sleep: { seconds: 31 } } } },
      [
        'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)',
      ],
    ],
    [
      'privilege without escalation',
      { securityContext: { privileged: true, allowPrivilegeEscalation: false } },
      [
        'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
      ],
    ],
    [
      'a seccomp profile',
      { securityContext: { seccompProfile: { type: 'Localhost' } } },
      [
        'spec.containers[0].securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
      ],
    ],
    [
      'shared mounts',
      { volumeMounts: [], restartPolicy: 'Sometimes' },
      ['spec.containers[0].restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"'],
    ],
  ])('answers a container with %s', (_, container, expected) => {
    expect(withContainer(container)).toEqual(expected)
  })

  it('looks at mounts against the volumes', () => {
    const mounts = (...volumeMounts: object[]) => withSpec({ volumes: [{ name: 'v' }], containers: [{ ...base, volumeMounts }] })
    expect(mounts({ name: 'v', mountPath: '/a' }, { name: 'v', mountPath: '/a' })).toEqual([
      'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
    ])
    expect(mounts({ name: 'v', mountPath: '/a', subPath: '/x' })).toEqual([
      'spec.containers[0].volumeMounts.subPath: Invalid value: "/x": must be a relative path',
    ])
    expect(mounts({ name: 'v', mountPath: '/a', mountPropagation: 'Bidirectional' })).toEqual([
      'spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers',
    ])
  })
})

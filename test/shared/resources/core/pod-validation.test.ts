import { describe, expect, it } from 'vitest'
import { kind } from '../definition-of.ts'

const pod = kind('Pod')
const base = { name: 'c', image: 'nginx:1' }
const withSpec = (spec: object) => pod.errors({ spec: { containers: [base], ...spec } })
const withContainer = (container: object) => withSpec({ containers: [{ ...base, ...container }] })
const label63 =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

describe('validation of a pod', () => {
  it('takes an ordinary one', () => {
    expect(withSpec({})).toEqual([])
    expect(
      withContainer({
        ports: [{ name: 'http', containerPort: 8080 }],
        env: [
          { name: 'A', value: 'b' },
          { name: 'P', valueFrom: { secretKeyRef: { name: 's', key: 'password' } } },
          { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          { name: 'L', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
          { name: 'M', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
        ],
        envFrom: [{ configMapRef: { name: 'cfg' } }],
        resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        livenessProbe: { httpGet: { path: '/live', port: 'http' } },
        readinessProbe: { exec: { command: ['true'] } },
        lifecycle: { preStop: { sleep: { seconds: 5 } } },
        securityContext: { runAsUser: 1000, runAsNonRoot: true },
      }),
    ).toEqual([])
  })

  it.each([
    ['no container', { containers: [] }, ['spec.containers: Required value']],
    [
      'a wrong restart policy',
      { restartPolicy: 'Sometimes' },
      ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
    ],
    [
      'a wrong DNS policy',
      { dnsPolicy: 'Mine' },
      [
        'spec.dnsPolicy: Unsupported value: "Mine": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
      ],
    ],
    [
      'DNS of its own without a server',
      { dnsPolicy: 'None' },
      ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
    ],
    [
      'a wrong nameserver',
      { dnsConfig: { nameservers: ['x'] } },
      ['spec.dnsConfig.nameservers[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ],
    ['two containers of a name', { containers: [base, base] }, ['spec.containers[1].name: Duplicate value: "c"']],
    ['an init container of that name', { initContainers: [base] }, ['spec.initContainers[0].name: Duplicate value: "c"']],
    [
      'a probe of an init container',
      { initContainers: [{ ...base, name: 'i', livenessProbe: { exec: { command: ['x'] } } }] },
      ['spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always'],
    ],
    [
      'a probe of a sidecar',
      { initContainers: [{ ...base, name: 'i', restartPolicy: 'Always', livenessProbe: { exec: { command: ['x'] } } }] },
      [],
    ],
    [
      'a deadline of nothing',
      { activeDeadlineSeconds: 0 },
      ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive'],
    ],
    ['a wrong hostname', { hostname: 'My_Host' }, [`spec.hostname: Invalid value: "My_Host": ${label63}`]],
    [
      'a wrong node selector',
      { nodeSelector: { 'a/b/c': 'x' } },
      [expect.stringMatching(/^spec\.nodeSelector: Invalid value: "a\/b\/c": a valid label key must consist of/)],
    ],
    ['volumes of a name', { volumes: [{ name: 'v' }, { name: 'v' }] }, ['spec.volumes[1].name: Duplicate value: "v"']],
    [
      'two sources of a volume',
      { volumes: [{ name: 'v', emptyDir: {}, secret: { secretName: 's' } }] },
      ['spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type'],
    ],
    ['a volume of no secret', { volumes: [{ name: 'v', secret: {} }] }, ['spec.volumes[0].secret.secretName: Required value']],
    [
      'a file out of its volume',
      { volumes: [{ name: 'v', configMap: { name: 'c', items: [{ key: 'k', path: '../x' }] } }] },
      ['spec.volumes[0].configMap.items[0].path: Invalid value: "../x": must not contain \'..\''],
    ],
    [
      'a wrong mode',
      { volumes: [{ name: 'v', configMap: { name: 'c', defaultMode: 1000 } }] },
      ['spec.volumes[0].configMap.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive'],
    ],
    [
      'a type of host path',
      { volumes: [{ name: 'v', hostPath: { path: '/x', type: 'Dir' } }] },
      [
        'spec.volumes[0].hostPath.type: Unsupported value: "Dir": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
      ],
    ],
    [
      'a token without its account',
      { volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] },
      [
        'spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set',
      ],
    ],
    [
      'files that hide each other',
      {
        volumes: [
          {
            name: 'v',
            projected: {
              sources: [
                { secret: { name: 'a', items: [{ key: 'k', path: 'p' }] } },
                { configMap: { name: 'b', items: [{ key: 'k', path: 'p' }] } },
              ],
            },
          },
        ],
      },
      ['spec.volumes[0].projected: Invalid value: "b": conflicting duplicate paths'],
    ],
    ['a claim, which our agent can not mount', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] }, []],
    [
      'a claim without a name',
      { volumes: [{ name: 'v', persistentVolumeClaim: {} }] },
      ['spec.volumes[0].persistentVolumeClaim.claimName: Required value'],
    ],
    [
      'a toleration of nothing',
      { tolerations: [{ operator: 'Equal', value: 'x' }] },
      [
        'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ],
    ],
    [
      'a toleration with seconds',
      { tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 5 }] },
      ['spec.tolerations[0].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set'],
    ],
    [
      'an effect',
      { tolerations: [{ key: 'k', operator: 'Exists', effect: 'Never' }] },
      ['spec.tolerations[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"'],
    ],
    [
      'a host alias',
      { hostAliases: [{ ip: '1.2.3', hostnames: ['Bad_'] }] },
      [
        'spec.hostAliases[0].ip: Invalid value: "1.2.3": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        expect.stringMatching(/^spec\.hostAliases\[0\]\.hostnames\[0\]: Invalid value: "Bad_": a lowercase RFC 1123 subdomain/),
      ],
    ],
    [
      'spreading',
      { topologySpreadConstraints: [{ maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'X' }] },
      [
        'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
        'spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty',
        'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "X": supported values: "DoNotSchedule", "ScheduleAnyway"',
      ],
    ],
    [
      'node affinity',
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'k', operator: 'In' }] }],
            },
          },
        },
      },
      [
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      ],
    ],
    [
      'a weight',
      {
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 101, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: {} } },
            ],
          },
        },
      },
      [
        'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100',
      ],
    ],
    [
      'sysctls of the host',
      { hostNetwork: true, securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1' }] } },
      [
        'spec.securityContext.sysctls[0].name: Invalid value: "net.core.somaxconn": may not be specified when \'hostNetwork\' is true',
      ],
    ],
    [
      'a negative group',
      { securityContext: { fsGroup: -1 } },
      ['spec.securityContext.fsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive'],
    ],
    [
      'ephemeral containers',
      { ephemeralContainers: [{ ...base, name: 'e' }] },
      ['spec.ephemeralContainers: Forbidden: cannot be set on create'],
    ],
    [
      'a node before the gates open',
      { nodeName: 'n', schedulingGates: [{ name: 'g' }] },
      ['spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared'],
    ],
    ['another system', { os: { name: 'beos' } }, ['spec.os: Unsupported value: "beos": supported values: "linux", "windows"']],
  ])('answers %s', (_, spec, expected) => {
    expect(withSpec(spec)).toEqual(expected)
  })

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
        'spec.containers[0].securityContext: Invalid value: {"privileged":true,"allowPrivilegeEscalation":false}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
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

  it('wants annotations that mean something to be right', () => {
    const annotated = (annotations: object) => pod.errors({ metadata: { name: 'it', annotations }, spec: { containers: [base] } })
    expect(annotated({ 'controller.kubernetes.io/pod-deletion-cost': 'low' })).toEqual([
      'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "low": must be a 32bit integer',
    ])
  })
})

describe('an update of a pod', () => {
  const old = { spec: { containers: [base], tolerations: [{ key: 'a', operator: 'Exists' }], activeDeadlineSeconds: 10 } }
  const update = (spec: object, before: object = old) => pod.updateErrors(before, { spec: { ...old.spec, ...spec } })

  it.each([
    ['nothing', {}],
    ['the image', { containers: [{ ...base, image: 'nginx:2' }] }],
    [
      'one toleration more',
      {
        tolerations: [
          { key: 'a', operator: 'Exists' },
          { key: 'b', operator: 'Exists' },
        ],
      },
    ],
    ['a shorter deadline', { activeDeadlineSeconds: 5 }],
  ])('may change %s', (_, spec) => {
    expect(update(spec)).toEqual([])
  })

  it.each([
    [
      'a toleration less',
      { tolerations: [] },
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ],
    [
      'a longer deadline',
      { activeDeadlineSeconds: 11 },
      'spec.activeDeadlineSeconds: Invalid value: 11: must be less than or equal to previous value',
    ],
    [
      'one container more',
      { containers: [base, { ...base, name: 'd' }] },
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ],
    [
      'gates',
      { schedulingGates: [{ name: 'g' }] },
      "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g'",
    ],
  ])('may not have %s', (_, spec, expected) => {
    expect(update(spec)).toEqual([expected])
  })

  it('tells what else it changed', () => {
    const [error, ...rest] = update({ containers: [{ ...base, command: ['sh'] }] })
    expect(rest).toEqual([])
    expect(error).toContain(
      'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n@@ ',
    )
    expect(error).toContain('\n+   "command": [\n')
  })

  it('may open gates and narrow where a gated pod goes', () => {
    const gated = { spec: { containers: [base], schedulingGates: [{ name: 'g' }], nodeSelector: { a: 'b' } } }
    expect(pod.updateErrors(gated, { spec: { containers: [base], nodeSelector: { a: 'b', c: 'd' } } })).toEqual([])
    expect(pod.updateErrors(gated, { spec: { containers: [base], nodeSelector: { c: 'd' } } })).toEqual([
      'spec.nodeSelector: Invalid value: {"c":"d"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ])
  })
})

describe('an update of a pod’s status', () => {
  const spec = { restartPolicy: 'Never', containers: [base], nodeName: 'n' }
  const ended = { containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 1 } } }] }
  const back = { containerStatuses: [{ name: 'c', state: { running: {} } }] }

  it('keeps ended what may not start again', () => {
    expect(pod.statusErrors({ spec, status: back }, { spec, status: ended })).toEqual([
      'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
    ])
    expect(pod.statusErrors({ spec, status: back }, { spec: { ...spec, restartPolicy: 'OnFailure' }, status: ended })).toEqual([])
  })

  it('checks addresses and the class', () => {
    expect(pod.statusErrors({ spec, status: { podIPs: [{ ip: 'x' }] } })).toEqual([
      'status.podIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ])
    expect(pod.statusErrors({ spec, status: { qosClass: 'Burstable' } }, { spec, status: { qosClass: 'BestEffort' } })).toEqual([
      'status.qosClass: Invalid value: "Burstable": field is immutable',
    ])
  })
})

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
      'a negative grace',
      { terminationGracePeriodSeconds: -5 },
      ['spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1'],
    ],
    [
      'an old node label',
      { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
      ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
    ],
  ])('tell of %s', (_, spec, expected) => {
    expect(warnings(spec)).toEqual(expected)
  })

  it('tell of names that are no labels', () => {
    expect(warnings({}, { name: 'a.b' })).toEqual([
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
    ])
  })
})

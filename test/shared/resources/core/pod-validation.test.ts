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

  it('keeps what is Linux’s from Windows, and the other way round', () => {
    const detail = 'Forbidden: cannot be set for a windows pod'
    const containers = [{ ...base, securityContext: { privileged: true } }]
    expect(withSpec({ os: { name: 'windows' }, hostPID: true, securityContext: { fsGroup: 1 }, containers })).toEqual([
      `spec.securityContext.fsGroup: ${detail}`,
      `spec.hostPID: ${detail}`,
      `spec.containers[0].securityContext.privileged: ${detail}`,
    ])
    expect(withSpec({ os: { name: 'linux' }, securityContext: { windowsOptions: {} } })).toEqual([
      'spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod',
    ])
  })

  it('wants annotations that mean something to be right', () => {
    const annotated = (annotations: object) => pod.errors({ metadata: { name: 'it', annotations }, spec: { containers: [base] } })
    expect(annotated({ 'controller.kubernetes.io/pod-deletion-cost': 'low' })).toEqual([
      'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "low": must be a 32bit integer',
    ])
    expect(annotated({ 'seccomp.security.alpha.kubernetes.io/pod': 'mine' })).toEqual([
      'metadata.annotations.seccomp.security.alpha.kubernetes.io/pod: Invalid value: "mine": must be a valid seccomp profile',
    ])
    expect(annotated({ 'container.apparmor.security.beta.kubernetes.io/other': 'mine' })).toEqual([
      'metadata.annotations[container.apparmor.security.beta.kubernetes.io/other]: Invalid value: "other": container not found',
      'metadata.annotations[container.apparmor.security.beta.kubernetes.io/other]: Invalid value: "mine": invalid AppArmor profile name: "mine"',
    ])
  })
})

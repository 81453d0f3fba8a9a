import { describe, expect, it } from 'vitest'
import { defaultPullPolicy } from '../../../../shared/resources/core/pod/image.ts'
import { qosClass } from '../../../../shared/resources/core/pod/resources.ts'
import type { Pod } from '../../../../shared/resources/resource.ts'
import { definitionOf, kind } from '../definition-of.ts'

const pod = kind('Pod')
const specOf = (spec: object) => pod.defaulted({ spec }).spec as Pod['spec']
const containerOf = (container: object) => specOf({ containers: [{ name: 'c', ...container }] }).containers[0]

describe('defaults of a pod', () => {
  it('are upstream’s', () => {
    expect(specOf({ containers: [{ name: 'c', image: 'nginx' }] })).toEqual({
      containers: [
        {
          name: 'c',
          image: 'nginx',
          imagePullPolicy: 'Always',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    })
  })

  it('give probes their timing and paths', () => {
    const probe = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }
    expect(
      containerOf({
        livenessProbe: { httpGet: { port: 80 } },
        readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 5 },
        startupProbe: { grpc: { port: 80 } },
        lifecycle: { preStop: { httpGet: { port: 'http' } } },
      }),
    ).toMatchObject({
      livenessProbe: { ...probe, httpGet: { port: 80, path: '/', scheme: 'HTTP' } },
      readinessProbe: { ...probe, periodSeconds: 5 },
      startupProbe: { ...probe, grpc: { port: 80, service: '' } },
      lifecycle: { preStop: { httpGet: { port: 'http', path: '/', scheme: 'HTTP' } } },
    })
  })

  it('request what is limited', () => {
    const resources = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }
    expect(containerOf({ resources })?.resources?.requests).toEqual({ cpu: '500m', memory: '1Gi' })
    const template = kind('Deployment').defaulted({ spec: { template: { spec: { containers: [{ resources }] } } } })
    expect(template).toMatchObject({
      spec: { template: { spec: { containers: [{ resources: { requests: { cpu: '500m' } } }] } } },
    })
  })

  it('name ports’ protocol, and on the host’s network their host port', () => {
    expect(containerOf({ ports: [{ containerPort: 80 }] })?.ports).toEqual([{ containerPort: 80, protocol: 'TCP' }])
    const spec = specOf({ hostNetwork: true, containers: [{ ports: [{ containerPort: 80 }] }] })
    expect(spec.containers[0]?.ports).toEqual([{ containerPort: 80, hostPort: 80, protocol: 'TCP' }])
  })

  it('keep the deprecated service account field equal', () => {
    expect(specOf({ serviceAccount: 'robot' })).toMatchObject({ serviceAccountName: 'robot', serviceAccount: 'robot' })
    expect(specOf({ serviceAccountName: 'robot' })).toMatchObject({ serviceAccountName: 'robot', serviceAccount: 'robot' })
  })

  it('complete volumes', () => {
    const volumes = [
      { name: 'a' },
      { name: 'b', configMap: { name: 'x' } },
      { name: 'c', secret: { secretName: 'x', defaultMode: 0o400 } },
      { name: 'd', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
      { name: 'e', hostPath: { path: '/' } },
      { name: 'f', downwardAPI: { items: [{ path: 'x', fieldRef: { fieldPath: 'metadata.name' } }] } },
    ]
    expect(specOf({ volumes }).volumes).toEqual([
      { name: 'a', emptyDir: {} },
      { name: 'b', configMap: { name: 'x', defaultMode: 420 } },
      { name: 'c', secret: { secretName: 'x', defaultMode: 256 } },
      {
        name: 'd',
        projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }] },
      },
      { name: 'e', hostPath: { path: '/', type: '' } },
      {
        name: 'f',
        downwardAPI: { defaultMode: 420, items: [{ path: 'x', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } }] },
      },
    ])
  })

  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['registry.local:5000/team/app', 'Always'],
    ['nginx:1.27', 'IfNotPresent'],
    ['mycompany/orders-service:1.0', 'IfNotPresent'],
    [`nginx@sha256:${'a'.repeat(64)}`, 'IfNotPresent'],
    [`nginx:latest@sha256:${'a'.repeat(64)}`, 'Always'],
    ['not a reference', 'IfNotPresent'],
    [undefined, 'IfNotPresent'],
    ['x'.repeat(247), 'Always'],
    ['x'.repeat(248), 'IfNotPresent'],
    [`a.b/${'x'.repeat(255)}`, 'Always'],
    [`a.b/${'x'.repeat(256)}`, 'IfNotPresent'],
  ])('pull %s %s', (image, policy) => {
    expect(defaultPullPolicy(image)).toBe(policy)
  })

  it('round up what is finer than a thousandth', () => {
    expect(containerOf({ resources: { requests: { cpu: '100u', memory: '1500m' } } })?.resources?.requests).toEqual({
      cpu: '1m',
      memory: '1500m',
    })
  })

  it('drop what is off by default', () => {
    expect(containerOf({ lifecycle: { stopSignal: 'SIGUSR1' } })?.lifecycle).toBeUndefined()
    const volumes = [{ name: 'v', projected: { sources: [{ clusterTrustBundle: { path: 'p' } }] } }]
    expect(specOf({ volumes }).volumes?.[0]?.projected?.sources).toEqual([{}])
  })

  it('take a second for less than none', () => {
    expect(specOf({ terminationGracePeriodSeconds: -5 }).terminationGracePeriodSeconds).toBe(1)
  })

  it('share resources of the whole pod', () => {
    const containers = [{ resources: { requests: { cpu: '100m' } } }, { resources: { requests: { cpu: '200m' } } }]
    expect(specOf({ containers, resources: { limits: { cpu: '1', memory: '1Gi' } } }).resources?.requests).toEqual({
      cpu: '300m',
      memory: '1Gi',
    })
  })
})

describe('a new pod', () => {
  it('is pending, whatever its status was said to be', () => {
    expect(pod.created({ spec: { containers: [] }, status: { phase: 'Running' } }).status).toEqual({
      phase: 'Pending',
      qosClass: 'BestEffort',
    })
  })

  it('is held back by its gates', () => {
    expect(pod.created({ spec: { containers: [], schedulingGates: [{ name: 'wait' }] } })).toMatchObject({
      status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
    })
  })

  it('resolves matchLabelKeys by its own labels', () => {
    const created = pod.created({
      metadata: { name: 'it', labels: { hash: 'abc' } },
      spec: {
        containers: [],
        topologySpreadConstraints: [{ matchLabelKeys: ['hash', 'none'], labelSelector: { matchLabels: { app: 'web' } } }],
      },
    })
    expect(created).toMatchObject({
      spec: {
        topologySpreadConstraints: [{ labelSelector: { matchExpressions: [{ key: 'hash', operator: 'In', values: ['abc'] }] } }],
      },
    })
  })

  const both = { cpu: '1', memory: '1Gi' }
  it.each([
    ['BestEffort', [{}]],
    ['BestEffort', [{ requests: { cpu: '0' } }]],
    ['Burstable', [{ requests: { cpu: '1' } }]],
    ['Burstable', [{ limits: { cpu: '1' }, requests: { cpu: '1' } }]],
    ['Burstable', [{ limits: both, requests: { ...both, cpu: '500m' } }]],
    ['Burstable', [{ limits: both, requests: both }, {}]],
    ['Guaranteed', [{ limits: both, requests: { cpu: '1000m', memory: '1024Mi' } }]],
    [
      'Guaranteed',
      [
        { limits: both, requests: both },
        { limits: both, requests: both },
      ],
    ],
  ])('is %s with %j', (expected, all) => {
    expect(qosClass({ containers: all.map((resources) => ({ name: 'c', resources })) })).toBe(expected)
  })

  it.each([
    ['its own period', { nodeName: 'n', terminationGracePeriodSeconds: 60 }, 'Running', undefined, 60],
    ['what is asked', { nodeName: 'n', terminationGracePeriodSeconds: 60 }, 'Running', 5, 5],
    ['a second instead of less', { nodeName: 'n' }, 'Running', -1, 1],
    ['nothing when it runs nowhere', { terminationGracePeriodSeconds: 60 }, 'Pending', undefined, 0],
    ['nothing when it is done', { nodeName: 'n', terminationGracePeriodSeconds: 60 }, 'Succeeded', 10, 0],
  ])('gets %s to end', (_, spec, phase, requested, expected) => {
    expect(definitionOf('Pod').deletionGraceSeconds?.({ metadata: { name: 'it' }, spec, status: { phase } }, requested)).toBe(
      expected,
    )
  })
})

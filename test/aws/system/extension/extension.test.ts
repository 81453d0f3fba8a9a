import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createAuthority, issue, type KeyPair } from '../../../../shared/identity/certificates.ts'
import { missing as missingNetwork } from '../../../agent/network/machine.ts'
import { missingEngine } from '../../../agent/runtime/engine.ts'
import { seededRandom } from '../../../contract/random.ts'
import { eventually } from '../../../e2e/kubectl.ts'
import { randomFaults } from '../../edge/fault.ts'
import { type RealCluster, startRealCluster } from '../../node/real-cluster.ts'
import { follow } from '../kubectl.ts'

const missing = inject('missing') || missingNetwork() || (await missingEngine()) || ''
const programs = Object.fromEntries(
  ['server.cjs', 'toys.cjs'].map((file) => [file, readFileSync(new URL(file, import.meta.url), 'utf8')]),
)
const group = 'pets.example.com'
const toyGroup = 'toys.example.com'

describe.skipIf(missing).each([
  ['while all goes well', false],
  ['while calls fail', true],
])(`what extends the cluster from a pod on an instance, %s ${missing && `(${missing})`}`, (_title, failing) => {
  let cluster: RealCluster
  let kubectl: RealCluster['kubectl']
  let faults = 0
  const patiently = { timeout: 120_000, interval: 500 }
  const apply = (...objects: object[]) => kubectl('apply -f -', objects.map((object) => JSON.stringify(object)).join('\n'))

  beforeAll(async () => {
    cluster = await startRealCluster(1, { synthesized: inject('synthesized') })
    ;({ kubectl } = cluster)
    await eventually('the node', {
      ask: () => kubectl('get nodes --no-headers'),
      wanted: (text) => text.includes(' Ready '),
    }).catch((error: unknown) => {
      throw new Error(cluster.logs(), { cause: error })
    })
    const authority = await createAuthority('moods and toys')
    const caBundle = Buffer.from(authority.certificate).toString('base64')
    await apply(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'program' }, data: programs },
      ...(await served(authority, 'moods', 'server.cjs')),
      ...(await served(authority, 'toys', 'toys.cjs')),
      {
        ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' },
        metadata: { name: 'toys', namespace: 'kube-system' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'extension-apiserver-authentication-reader' },
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
      },
      {
        ...{ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: `v1.${toyGroup}` } },
        spec: {
          ...{ group: toyGroup, version: 'v1', groupPriorityMinimum: 1000, versionPriority: 15, caBundle },
          service: { namespace: 'default', name: 'toys' },
        },
      },
    )
    await kubectl('wait --for=condition=Ready pod/moods pod/toys --timeout=90s').catch((error: unknown) => {
      throw new Error(cluster.logs(), { cause: error })
    })
    await apply(
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `pets.${group}` },
        spec: {
          group,
          scope: 'Namespaced',
          names: { plural: 'pets', kind: 'Pet' },
          versions: [
            {
              ...{ name: 'v1', served: true, storage: true },
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  properties: { data: { type: 'object', additionalProperties: { type: 'string' } } },
                },
              },
            },
          ],
        },
      },
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'moods' },
        webhooks: [
          {
            ...{ name: 'moods.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', timeoutSeconds: 20 },
            rules: [{ apiGroups: [group], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: ['pets'] }],
            clientConfig: { caBundle, service: { namespace: 'default', name: 'moods', path: '/validate' } },
          },
        ],
      },
    )
    await kubectl(`wait --for=condition=Established crd/pets.${group} --timeout=30s`)
    if (!failing) return
    const faultOf = randomFaults({ random: seededRandom(20_261_128), every: 25 })
    cluster.aws.edge.faultOf = (call) => {
      const fault = faultOf(call)
      if (fault.type !== 'none') faults++
      return fault
    }
  }, 400_000)
  afterAll(async () => {
    if (cluster) cluster.aws.edge.faultOf = () => ({ type: 'none' })
    await cluster?.dispose()
  }, 120_000)

  const pet = (name: string, mood: string) =>
    JSON.stringify({ apiVersion: `${group}/v1`, kind: 'Pet', metadata: { name }, data: { mood } })

  it('asks the webhook for each instance of a definition, and takes its word', async () => {
    for (let i = 0; i < 10; i++) expect(await kubectl('apply -f -', pet(`pet-${i}`, 'merry'))).toContain('created')
    await expect(kubectl('apply -f -', pet('sour', 'grumpy'))).rejects.toThrow(
      `admission webhook "moods.example.com" denied the request: no grumpiness here`,
    )
    expect((await kubectl('get pets -o name')).trim().split('\n')).toHaveLength(10)
  })

  const toy = (name: string) => JSON.stringify({ apiVersion: `${toyGroup}/v1`, kind: 'Toy', metadata: { name }, colour: 'red' })
  const makeToy = (name: string) => kubectl('create --validate=false -f -', toy(name))
  const toys = () => kubectl('get toys -o name').then((text) => text.split('\n').filter(Boolean))
  const apiServiceIs = (status: 'True' | 'False') =>
    expect.poll(() => kubectl(`get apiservice v1.${toyGroup} --no-headers`).catch(String), patiently).toMatch(RegExp(status))

  it('serves the API of an extension server, which knows who asks', async () => {
    await apiServiceIs('True')
    for (let i = 0; i < 5; i++) expect(await makeToy(`toy-${i}`)).toContain('created')
    expect(await toys()).toEqual(Array.from({ length: 5 }, (_, i) => `toy.${toyGroup}/toy-${i}`))
    const made = JSON.parse(await kubectl('get toys toy-3 -o json')) as { metadata: { annotations: Record<string, string> } }
    const me = await kubectl('auth whoami -o jsonpath={.status.userInfo.username}')
    expect(made.metadata.annotations).toEqual({ [`${toyGroup}/made-by`]: me })
    await expect(kubectl('get toys none')).rejects.toThrow('toys.toys.example.com "none" not found')
  })

  it('tells of it in discovery and OpenAPI as of its own', async () => {
    expect(await kubectl(`api-resources --api-group=${toyGroup} --no-headers`)).toMatch(/^toys +toys.example.com\/v1 +true +Toy/)
    expect(await kubectl('explain toys')).toMatch(/Something to play with\.[\s\S]*What colour it has\./)
  })

  it('shows what happens there as it happens, until the server dies, and again when it is back', async () => {
    const watch = follow(cluster.aws.kubeconfig, 'get toys -w')
    try {
      await expect.poll(watch.text, patiently).toContain('toy-4')
      await makeToy('late')
      await expect.poll(watch.text, patiently).toContain('late')
      await expect(makeToy('bomb')).rejects.toThrow()
      // What was watched is over, whatever kubectl makes of it; nothing hangs.
      await expect.poll(watch.ended, patiently).toBe(true)
    } finally {
      watch.stop()
    }
    await expect.poll(() => toys().catch(String), patiently).toEqual([])
    await apiServiceIs('True')
    const again = follow(cluster.aws.kubeconfig, 'get toys -w')
    try {
      await makeToy('another')
      await expect.poll(again.text, patiently).toContain('another')
    } finally {
      again.stop()
    }
  })

  it('answers 503 for a server that has gone, and says so of its APIService', async () => {
    await kubectl('delete pod toys')
    await apiServiceIs('False')
    await expect(
      kubectl(`get --raw /${cluster.aws.deployment.stage}/apis/toys.example.com/v1/namespaces/default/toys`),
    ).rejects.toThrow(/unable to handle the request|service unavailable/)
  })

  it('says what is wrong when the pod has gone', async () => {
    await kubectl('delete pod moods')
    await expect
      .poll(() => kubectl('apply -f -', pet('late', 'merry')).catch(String), patiently)
      .toMatch(/failed calling webhook "moods.example.com": .*no endpoints available for service "moods"/)
  })

  it('was denied nothing by its roles, and met what it should', () => {
    expect(cluster.aws.edge.denials).toEqual([])
    expect(cluster.aws.edge.unknown).toEqual([])
    if (failing) expect(faults).toBeGreaterThan(5)
  })
})

/** A pod that runs a program, its certificate, and its Service. */
const served = async (authority: KeyPair, name: string, program: string): Promise<object[]> => {
  const { certificate, key } = await issue(authority, { name, dnsNames: [`${name}.default.svc`], usage: 'server' })
  return [
    {
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name } },
      stringData: { 'tls.crt': certificate, 'tls.key': key },
    },
    {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: 'server',
            image: 'mycompany/node:24',
            command: ['node', `/program/${program}`],
            readinessProbe: { tcpSocket: { port: 8443 }, periodSeconds: 1 },
            volumeMounts: [
              { name: 'program', mountPath: '/program' },
              { name: 'certificate', mountPath: '/certificate' },
            ],
          },
        ],
        volumes: [
          { name: 'program', configMap: { name: 'program' } },
          { name: 'certificate', secret: { secretName: name } },
        ],
      },
    },
    {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name } },
      spec: { selector: { app: name }, ports: [{ port: 443, targetPort: 8443 }] },
    },
  ]
}

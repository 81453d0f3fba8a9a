import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createAuthority, issue } from '../../../../shared/identity/certificates.ts'
import { missing as missingNetwork } from '../../../agent/network/machine.ts'
import { missingEngine } from '../../../agent/runtime/engine.ts'
import { seededRandom } from '../../../contract/random.ts'
import { eventually } from '../../../e2e/kubectl.ts'
import { randomFaults } from '../../edge/fault.ts'
import { type RealCluster, startRealCluster } from '../../node/real-cluster.ts'

const missing = inject('missing') || missingNetwork() || (await missingEngine()) || ''
const program = readFileSync(new URL('server.cjs', import.meta.url), 'utf8')
const group = 'pets.example.com'

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
    const authority = await createAuthority('moods')
    const name = { name: 'moods', dnsNames: ['moods.default.svc'], usage: 'server' } as const
    const { certificate, key } = await issue(authority, name)
    const caBundle = Buffer.from(authority.certificate).toString('base64')
    await apply(
      {
        ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: 'moods' } },
        stringData: { 'tls.crt': certificate, 'tls.key': key },
      },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'program' }, data: { 'server.cjs': program } },
      {
        ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'moods', labels: { app: 'moods' } } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'server',
              image: 'mycompany/node:24',
              command: ['node', '/program/server.cjs'],
              readinessProbe: { tcpSocket: { port: 8443 }, periodSeconds: 1 },
              volumeMounts: [
                { name: 'program', mountPath: '/program' },
                { name: 'certificate', mountPath: '/certificate' },
              ],
            },
          ],
          volumes: [
            { name: 'program', configMap: { name: 'program' } },
            { name: 'certificate', secret: { secretName: 'moods' } },
          ],
        },
      },
      {
        ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'moods' } },
        spec: { selector: { app: 'moods' }, ports: [{ port: 443, targetPort: 8443 }] },
      },
    )
    await kubectl('wait --for=condition=Ready pod/moods --timeout=90s').catch((error: unknown) => {
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

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../shared/meta/object.ts'
import { Cluster, titled, whyNoKubectl } from './cluster.ts'
import { eventually } from './kubectl.ts'
import { container, deployment } from './object.ts'

const why = whyNoKubectl()

interface ManagedObject extends KubeObject {
  readonly spec: { readonly replicas: number; readonly template: { spec: { containers: { image: string }[] } } }
}

/** What Argo CD asks a server for, in its order: https://argo-cd.readthedocs.io/en/stable/user-guide/diff-strategies */
describe.skipIf(why !== undefined)(titled('applying as Argo CD does', why), () => {
  const cluster = new Cluster({ runtime: 'simulated', nodes: 1 })
  const { kubectl } = cluster

  beforeAll(() => cluster.start())
  afterAll(() => cluster.dispose())

  const tracking = { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:default/web' }
  const wanted = (image: string) => {
    const object = deployment('web', { replicas: 1, spec: { containers: [container({ image })] } })
    return { ...object, metadata: { ...object.metadata, annotations: tracking }, spec: { ...object.spec, replicas: undefined } }
  }
  const apply = async (object: object, ...options: string[]): Promise<ManagedObject> => {
    const flags = ['--server-side', '--field-manager=argocd-controller', '--force-conflicts', '--validate=false', ...options]
    const answer = await kubectl.withInput(
      JSON.stringify(object),
      'apply',
      ...flags,
      '--show-managed-fields',
      '-o',
      'json',
      '-f',
      '-',
    )
    return JSON.parse(answer) as ManagedObject
  }
  const live = () => kubectl.json<ManagedObject>('get', 'deployment', 'web', '--show-managed-fields')
  /** Nobody writes its status any more. */
  const settled = () => {
    const template = '{.status.readyReplicas} {.status.conditions[?(@.type=="Progressing")].reason}'
    return eventually('the rollout', {
      ask: () => kubectl.ok('get', 'deployment', 'web', '-o', `jsonpath=${template}`),
      wanted: (status) => status === '1 NewReplicaSetAvailable',
    })
  }
  /** Live and predicted, without what tells of the request. */
  const difference = async (object: object) => {
    const seen = ({ metadata, ...rest }: ManagedObject) => {
      const { managedFields: _, resourceVersion: __, generation: ___, ...named } = metadata
      return { ...rest, metadata: named }
    }
    const [now, predicted] = [await live(), await apply(object, '--dry-run=server')]
    return { now: seen(now), predicted: seen(predicted) }
  }
  const managersOf = ({ metadata }: KubeObject) =>
    (metadata.managedFields as { operation: string; manager: string; subresource?: string }[]).map(
      ({ operation, manager, subresource }) => [operation, manager, subresource].filter(Boolean).join(' '),
    )

  it('takes over what a client-side apply owns, by a patch of its managers', async () => {
    await kubectl.apply(wanted('web:1'))
    await settled()
    const before = await live()
    expect(managersOf(before)).toContain('Update kubectl-client-side-apply')
    const managedFields = (before.metadata.managedFields as { manager: string }[]).map((entry) =>
      entry.manager === 'kubectl-client-side-apply' ? { ...entry, manager: 'argocd-controller', operation: 'Apply' } : entry,
    )
    const patch = [
      { op: 'replace', path: '/metadata/managedFields', value: managedFields },
      { op: 'replace', path: '/metadata/resourceVersion', value: before.metadata.resourceVersion },
    ]
    await kubectl.ok('patch', 'deployment', 'web', '--type=json', '-p', JSON.stringify(patch))
    const after = await apply(wanted('web:1'))
    expect(managersOf(after)).toContain('Apply argocd-controller')
    expect(managersOf(after)).not.toContain('Update kubectl-client-side-apply')
  })

  it('predicts no change of what is as it should be, defaults and status of others among it', async () => {
    const { now, predicted } = await difference(wanted('web:1'))
    expect(predicted).toEqual(now)
  })

  it('writes nothing when there is nothing to write, nor by a dry run', async () => {
    const before = await live()
    await apply(wanted('web:2'), '--dry-run=server')
    await apply(wanted('web:1'))
    const after = await live()
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion)
    expect(after.metadata.managedFields).toEqual(before.metadata.managedFields)
  })

  it('leaves alone what another manager owns, as an autoscaler its replicas', async () => {
    await kubectl.ok('scale', 'deployment', 'web', '--replicas=3')
    const { now, predicted } = await difference(wanted('web:1'))
    expect(predicted.spec).toEqual(now.spec)
    expect((await apply(wanted('web:1'))).spec.replicas).toBe(3)
  })

  it('shows what somebody changed, and takes it back by force', async () => {
    await kubectl.ok('set', 'image', 'deployment/web', '*=web:edited')
    const { now, predicted } = await difference(wanted('web:1'))
    expect(now.spec.template.spec.containers[0]?.image).toBe('web:edited')
    expect(predicted.spec.template.spec.containers[0]?.image).toBe('web:1')
    const healed = await apply(wanted('web:1'))
    expect(healed.spec.template.spec.containers[0]?.image).toBe('web:1')
    expect(managersOf(healed)).toContain('Apply argocd-controller')
  })

  it('takes away what the repository no longer says', async () => {
    const { metadata, ...rest } = wanted('web:1')
    expect((await live()).metadata.annotations).toMatchObject(tracking)
    const after = await apply({ ...rest, metadata: { ...metadata, annotations: undefined } })
    expect(after.metadata.annotations).not.toMatchObject(tracking)
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { helmOf, missingHelm, platformChart } from '../programs/helm.ts'
import { helm4Of, missingHelm4 } from '../programs/helm4.ts'
import { Cluster, titled, whyNoKubectl } from './cluster.ts'
import { eventually } from './kubectl.ts'

interface Release {
  readonly image: string
  readonly replicas: number
}

describe.skipIf(whyNoKubectl() !== undefined)(titled('charts on a simulated cluster', whyNoKubectl()), () => {
  const cluster = new Cluster({ runtime: 'simulated', nodes: 1 })
  const { kubectl } = cluster
  beforeAll(() => cluster.start())
  afterAll(() => cluster.dispose())

  const helm = helmOf(cluster.kubeconfig)
  const helm4 = helm4Of(cluster.kubeconfig)
  const set = ({ image, replicas }: Release) => `--set=image=${image},replicas=${replicas}`
  const helms = [
    {
      title: 'Helm 3',
      why: missingHelm(),
      operation: 'Update',
      install: (release: Release) => helm('install', 'shop', platformChart, set(release)),
      upgrade: (release: Release) => helm('upgrade', 'shop', platformChart, set(release)),
      rollback: () => helm('rollback', 'shop', '1'),
      uninstall: () => helm('uninstall', 'shop'),
    },
    {
      title: 'Helm 4, which applies on the server',
      why: missingHelm4(),
      operation: 'Apply',
      install: (release: Release) => helm4('install', [platformChart, 'shop', release]),
      upgrade: (release: Release) => helm4('upgrade', [platformChart, 'shop', release]),
      rollback: () => helm4('rollback', ['shop'], { version: 1 }),
      uninstall: () => helm4('uninstall', ['shop']),
    },
  ]

  /** The uids of the hook's Jobs that have run to their ends. */
  const completedHooks = async (): Promise<string[]> => {
    const selector = 'involvedObject.kind=Job,involvedObject.name=shop-migrate,reason=Completed'
    const uids = '{range .items[*]}{.involvedObject.uid}{"\\n"}{end}'
    return (await kubectl.ok('get', 'events', '--field-selector', selector, '-o', `jsonpath=${uids}`))
      .trim()
      .split('\n')
      .filter(Boolean)
  }
  const hookAfter = (known: readonly string[]) =>
    eventually('the hook', { ask: completedHooks, wanted: (uids) => uids.some((uid) => !known.includes(uid)) })

  const objects = async () => {
    const kinds = 'all,sa,secret,configmap,role,rolebinding,pvc,pdb,hpa,ingress,networkpolicy,endpointslice'
    return (await kubectl.ok('get', kinds, '-o', 'name')).trim().split('\n').toSorted()
  }
  const template = '{.spec.replicas} {.spec.template.spec.containers[0].image}'
  const wanted = () => kubectl.ok('get', 'statefulset', 'shop', '-o', `jsonpath=${template}`)

  describe.each(helms)('$title', ({ why, operation, install, upgrade, rollback, uninstall }) => {
    let before: string[]

    it.skipIf(why)(titled('has a chart of every usual kind accepted whole', why), async () => {
      before = await objects()
      const hooks = await completedHooks()
      await install({ image: 'db:1', replicas: 2 })
      await hookAfter(hooks)
      expect(await wanted()).toBe('2 db:1')
      const made = (await objects()).filter((name) => !before.includes(name))
      expect(made).toEqual(expect.arrayContaining(['horizontalpodautoscaler.autoscaling/shop', 'ingress.networking.k8s.io/shop']))
      const managers = '{range .metadata.managedFields[*]}{.operation} {.manager};{end}'
      const kinds = ['statefulset', 'role', 'rolebinding', 'pdb', 'hpa', 'ingress', 'networkpolicy', 'serviceaccount']
      for (const kind of kinds)
        expect(await kubectl.ok('get', kind, 'shop', '--show-managed-fields', '-o', `jsonpath=${managers}`), kind).toMatch(
          // The library takes its program's name.
          new RegExp(`^${operation} (helm|python);`),
        )
    })

    it.skipIf(why)('upgrades it and rolls it back, its hook run each time', async () => {
      const hooks = await completedHooks()
      await upgrade({ image: 'db:2', replicas: 3 })
      await hookAfter(hooks)
      expect(await wanted()).toBe('3 db:2')
      await rollback()
      expect(await wanted()).toBe('2 db:1')
    })

    it.skipIf(why)('leaves nothing but the claims of its StatefulSet when it is uninstalled', async () => {
      const claims = (await kubectl.ok('get', 'pvc', '-o', 'name')).trim().split('\n')
      expect(claims.toSorted()).toEqual(
        expect.arrayContaining(['persistentvolumeclaim/data-shop-0', 'persistentvolumeclaim/data-shop-1']),
      )
      await uninstall()
      await kubectl.ok('delete', ...claims)
      await eventually('the end of it all', { ask: objects, wanted: (left) => left.join() === before.join() })
    })
  })
})

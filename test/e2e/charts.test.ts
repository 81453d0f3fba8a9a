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

  /** What a Job's controller says when its pod has ended well. */
  const completeHook = async (isNew: (uid: string) => boolean): Promise<string> => {
    const uid = await eventually('the hook', {
      ask: async () => (await kubectl.run(['get', 'job', 'shop-migrate', '-o', 'jsonpath={.metadata.uid}'])).stdout,
      wanted: (uid) => uid !== '' && isNew(uid),
    })
    const now = new Date().toISOString()
    const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: now })
    const status = {
      startTime: now,
      completionTime: now,
      succeeded: 1,
      conditions: [condition('SuccessCriteriaMet'), condition('Complete')],
    }
    await kubectl.ok('patch', 'job', 'shop-migrate', '--subresource=status', '--type=merge', '-p', JSON.stringify({ status }))
    return uid
  }

  const objects = async () => {
    const kinds = 'all,sa,secret,configmap,role,rolebinding,pvc,pdb,hpa,ingress,networkpolicy,endpointslice'
    return (await kubectl.ok('get', kinds, '-o', 'name')).trim().split('\n').toSorted()
  }
  const template = '{.spec.replicas} {.spec.template.spec.containers[0].image}'
  const wanted = () => kubectl.ok('get', 'statefulset', 'shop', '-o', `jsonpath=${template}`)

  describe.each(helms)('$title', ({ why, operation, install, upgrade, rollback, uninstall }) => {
    let before: string[]
    let hook = ''

    it.skipIf(why)(titled('has a chart of every usual kind accepted whole', why), async () => {
      before = await objects()
      ;[hook] = await Promise.all([completeHook(() => true), install({ image: 'db:1', replicas: 2 })])
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
      const newHook = (uid: string) => uid !== hook
      ;[hook] = await Promise.all([completeHook(newHook), upgrade({ image: 'db:2', replicas: 3 })])
      expect(await wanted()).toBe('3 db:2')
      await rollback()
      expect(await wanted()).toBe('2 db:1')
    })

    it.skipIf(why)('leaves nothing when it is uninstalled', async () => {
      await uninstall()
      await eventually('the end of it all', { ask: objects, wanted: (left) => left.join() === before.join() })
    })
  })
})

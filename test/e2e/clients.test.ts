import { AppsV1Api, CoreV1Api, KubeConfig, makeInformer, type V1Pod } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chart, helmOf, missingHelm } from '../programs/helm.ts'
import { Cluster, titled, whyNoKubectl } from './cluster.ts'

const whyNoHelm = missingHelm()

describe.skipIf(whyNoKubectl() !== undefined)(titled('clients on a simulated cluster', whyNoKubectl()), () => {
  const cluster = new Cluster({ runtime: 'simulated', nodes: 2 })
  const { kubectl } = cluster
  beforeAll(() => cluster.start())
  afterAll(() => cluster.dispose())

  describe.skipIf(whyNoHelm)(titled('Helm', whyNoHelm), () => {
    const helm = helmOf(cluster.kubeconfig)
    const readyReplicas = () => kubectl.field('.status.readyReplicas', 'deployment', 'web')
    const password = () => kubectl.field('.data.password', 'secret', 'web')

    it('installs a chart and waits until it is ready', async () => {
      expect(await helm('install', 'web', chart, '--wait', '--timeout=60s')).toContain('STATUS: deployed')
      expect(await readyReplicas()).toBe('2')
      expect(await kubectl.field('.data.pods', 'configmap', 'web')).toBe('deployed')
      expect(await helm('list')).toMatch(/^web\s+default\s+1\s.*deployed\s+web-0\.1\.0/m)
    })

    it('upgrades it, keeping what it looked up', async () => {
      const before = await password()
      await helm('upgrade', 'web', chart, '--set=replicas=3,greeting=bye', '--wait', '--timeout=60s')
      expect([await readyReplicas(), await password()]).toEqual(['3', before])
      expect(await kubectl.field('.data.greeting', 'configmap', 'web')).toBe('bye')
      expect(await kubectl.field('.data.revision', 'configmap', 'web-before')).toBe('2')
    })

    it('rolls it back and knows its history', async () => {
      await helm('rollback', 'web', '1', '--wait', '--timeout=60s')
      expect(await readyReplicas()).toBe('2')
      expect(await helm('history', 'web')).toMatch(/3\s.*deployed\s+web-0\.1\.0\s+1\s+Rollback to 1/)
    })

    it('says what the server thinks of a bad chart', async () => {
      const refused = helm('install', 'bad', chart, '--set=replicas=-1')
      await expect(refused).rejects.toThrow('spec.replicas: Invalid value: -1: must be greater than or equal to 0')
      await helm('uninstall', 'bad')
    })

    it('takes it away', async () => {
      await helm('uninstall', 'web', '--wait', '--timeout=60s')
      const left = ['get', 'deployment,service,serviceaccount,secret,configmap', '-l', 'app.kubernetes.io/managed-by=Helm']
      expect(await kubectl.ok(...left, '-o', 'name')).toBe('')
    })
  })

  it('serve a program that follows its objects by an informer', async () => {
    const config = new KubeConfig()
    config.loadFromFile(cluster.kubeconfig)
    const [core, apps] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api)]
    const namespace = 'default'
    const ready = new Set<string>()
    const informer = makeInformer<V1Pod>(
      config,
      `/api/v1/namespaces/${namespace}/pods`,
      () => core.listNamespacedPod({ namespace, labelSelector: 'app=followed' }),
      'app=followed',
    )
    const note = ({ metadata, status }: V1Pod) => {
      if (status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True')) ready.add(metadata!.name!)
    }
    informer.on('add', note)
    informer.on('update', note)
    informer.on('delete', ({ metadata }) => ready.delete(metadata!.name!))
    await informer.start()
    try {
      const labels = { app: 'followed' }
      const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } }
      const body = { metadata: { name: 'followed' }, spec: { replicas: 3, selector: { matchLabels: labels }, template } }
      await apps.createNamespacedDeployment({ namespace, body })
      await expect.poll(() => ready.size).toBe(3)
      const scaled = await apps.readNamespacedDeploymentScale({ namespace, name: 'followed' })
      await apps.replaceNamespacedDeploymentScale({ namespace, name: 'followed', body: { ...scaled, spec: { replicas: 1 } } })
      await expect.poll(() => ready.size).toBe(1)
    } finally {
      await informer.stop()
      await apps.deleteNamespacedDeployment({ namespace, name: 'followed' })
    }
  })
})

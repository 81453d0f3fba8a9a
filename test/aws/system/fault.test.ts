import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { seededRandom } from '../../contract/random.ts'
import { type AwsCluster, startAwsCluster } from '../cluster.ts'
import { randomFaults } from '../edge/fault.ts'
import { startSimulatedInstance } from '../node/simulated-instance.ts'
import { kubectlOf } from './kubectl.ts'

const missing = inject('missing')
const seed = Number(process.env.WINDLASS_SEED ?? 20_261_123)
const serviceLabel = 'kubernetes.io/service-name=web'
const secret = 'correct-horse-battery-staple'

describe.skipIf(missing)(
  `while calls fail, functions die and records get lost, seed ${seed} ${missing && `(${missing})`}`,
  () => {
    const random = seededRandom(seed)
    let failing = false
    let aws: AwsCluster
    let kubectl: ReturnType<typeof kubectlOf>
    let instances: Awaited<ReturnType<typeof startSimulatedInstance>>[]
    let killing: NodeJS.Timeout
    const inClear: string[] = []
    const meetings = new Map<string, number>()
    let killed = 0

    /** Repeated, late and lost. */
    const disturb = <T>(records: readonly T[]): T[][] => {
      look('stream', JSON.stringify(records))
      if (!failing) return [[...records]]
      const kept = records.filter(() => random.next() > 0.1)
      const again = records.filter(() => random.next() < 0.2)
      return random.next() < 0.3 ? [kept.reverse(), again] : [kept, again]
    }
    const look = (where: string, text: string) => {
      if (text.includes(secret) || text.includes(Buffer.from(secret).toString('base64'))) inClear.push(`${where}: ${text}`)
    }

    beforeAll(async () => {
      aws = await startAwsCluster({ synthesized: { ...inject('synthesized'), redeliverSeconds: 30 }, disturb })
      kubectl = kubectlOf(aws.kubeconfig)
      await aws.tick()
      instances = await Promise.all(['i-0a', 'i-0b'].map((id) => startSimulatedInstance(aws, id)))
      const faults = randomFaults({ random, every: 25 })
      aws.edge.onCall = ({ service, action }, who, body) => look(`${who} ${service}:${action}`, body)
      aws.edge.faultOf = (call) => {
        const fault = failing ? faults(call) : { type: 'none' as const }
        if (fault.type !== 'none')
          meetings.set(`${call.service} ${fault.type}`, (meetings.get(`${call.service} ${fault.type}`) ?? 0) + 1)
        return fault
      }
      let killedAtMs = 0
      killing = setInterval(() => {
        if (!failing || Date.now() - killedAtMs < 1500 || !aws.host.killOne(random.below)) return
        killed++
        killedAtMs = Date.now()
      }, 50)
    })
    afterAll(async () => {
      clearInterval(killing)
      await Promise.all((instances ?? []).map((instance) => instance.stop()))
      await aws?.stop()
    })

    /** As a person does it: once more. */
    const insist = async (command: string, input?: string): Promise<string> => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await kubectl(command, input)
        } catch (error) {
          if (attempt === 15) throw error
          await new Promise((resolve) => setTimeout(resolve, 300))
        }
      }
    }
    const manifests = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'password' }, stringData: { password: secret } },
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web' },
          spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
        },
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'web' },
          spec: {
            replicas: 3,
            selector: { matchLabels: { app: 'web' } },
            template: {
              metadata: { labels: { app: 'web' } },
              spec: {
                containers: [
                  {
                    name: 'web',
                    image: 'registry.invalid/web:1',
                    env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'password', key: 'password' } } }],
                  },
                ],
              },
            },
          },
        },
      ],
    })

    it('comes to the same end', async () => {
      failing = true
      await insist('apply -f -', manifests)
      await new Promise((resolve) => setTimeout(resolve, 8000))
      await insist('scale deployment web --replicas=5')
      await new Promise((resolve) => setTimeout(resolve, 5000))
      await insist('set image deployment web web=registry.invalid/web:2')
      await new Promise((resolve) => setTimeout(resolve, 12_000))
      const met = () => [...meetings.values()].reduce((sum, count) => sum + count, 0)
      // How much happens in a time is the machine's; each change makes more of it.
      for (let turn = 0; turn < 60 && !(killed > 3 && met() > 20); turn++) {
        await insist(`annotate deployment web turn=${turn} --overwrite`)
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
      failing = false
      expect(killed).toBeGreaterThan(3)
      expect(met()).toBeGreaterThan(20)

      // What was lost for good is found by the hourly resync.
      await aws.tick({ fullHour: true })
      await expect
        .poll(() => settled(), { timeout: 240_000, interval: 1000 })
        .toEqual({
          images: Array(5).fill('registry.invalid/web:2'),
          ready: '5',
          endpoints: 5,
          tasksWithoutPod: [],
          podsWithoutTask: [],
        })
    })

    const settled = async () => {
      const { items } = JSON.parse(await kubectl('get pods -l app=web -o json')) as {
        items: { metadata: { uid: string }; spec: { containers: { image: string }[] } }[]
      }
      const uids = items.map(({ metadata }) => metadata.uid)
      const held = aws.ecs.running().map(({ startedBy }) => startedBy ?? '')
      return {
        images: items.map(({ spec }) => spec.containers[0]?.image),
        ready: await kubectl('get deployment web -o jsonpath={.status.readyReplicas}'),
        endpoints: (
          await kubectl(`get endpointslices -l ${serviceLabel} -o jsonpath={.items[*].endpoints[*].addresses[0]}`)
        ).split(' ').length,
        tasksWithoutPod: held.filter((uid) => !uids.includes(uid)),
        podsWithoutTask: uids.filter((uid) => !held.includes(uid)),
      }
    }

    it('started no pod twice', () => {
      const starts = Map.groupBy(aws.ecs.tasks.values(), ({ startedBy }) => startedBy)
      const twice = [...starts]
        .filter(([, tasks]) => tasks.length > 1)
        .map(([uid, tasks]) => [uid, tasks.map(({ stoppedReason }) => stoppedReason)])
      expect(twice).toEqual([])
    })

    it('lost no Secret, and showed it to nobody', async () => {
      const [, data = ''] = /"password":"([^"]*)"/.exec(await insist('get secret password -o jsonpath={.data}')) ?? []
      expect(Buffer.from(data, 'base64').toString()).toBe(secret)
      for (const { fn, line } of aws.logs) look(fn.name, line)
      expect(inClear).toEqual([])
    })

    it('was denied nothing by its roles', () => {
      expect(aws.edge.denials).toEqual([])
      expect(aws.edge.unknown).toEqual([])
    })
  },
)

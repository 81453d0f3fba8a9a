import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { visitNodes } from '../../../examples/orders/walk/access.ts'
import { apply } from '../../../examples/orders/walk/apply.ts'
import { configuration } from '../../../examples/orders/walk/configuration.ts'
import { healing } from '../../../examples/orders/walk/healing.ts'
import { loadBalancing } from '../../../examples/orders/walk/load-balancing.ts'
import { look } from '../../../examples/orders/walk/look.ts'
import { rollout } from '../../../examples/orders/walk/rollout.ts'
import { scale } from '../../../examples/orders/walk/scale.ts'
import { Terminal, Unexpected } from '../../../examples/terminal.ts'
import { missing as missingNetwork } from '../../agent/network/machine.ts'
import { docker, missingEngine } from '../../agent/runtime/engine.ts'
import { seededRandom } from '../../contract/random.ts'
import { randomFaults } from '../edge/fault.ts'
import { type RealCluster, startRealCluster } from '../node/real-cluster.ts'
import { follow } from './kubectl.ts'

const missing = inject('missing') || missingNetwork() || (await missingEngine()) || ''
const seed = Number(process.env.WINDLASS_SEED ?? 20_261_123)

/** There is no exec through the gateway, so what is typed with it is done on the engine, as an operator would on the instance. */
class InstanceTerminal extends Terminal {
  override async kubectl(...args: string[]): Promise<string> {
    return args[0] === 'exec' ? await this.#exec(args) : await super.kubectl(...args)
  }
  override async ask(...args: string[]): Promise<string> {
    return args[0] === 'exec' ? (await this.#exec(args)).trim() : await super.ask(...args)
  }

  async #exec([, target = '', , ...command]: string[]): Promise<string> {
    const pod = target.startsWith('deployment/')
      ? await super.ask('get', 'pods', '-l', 'app=orders', '-o', 'jsonpath={.items[0].metadata.name}')
      : target
    const label = [`windlass.dev/pod-name=${pod}`, 'windlass.dev/type=container']
    const [found] = await docker.listContainers({ filters: { label } })
    if (!found) throw new Unexpected(`expected a container of the pod ${pod}`)
    const exec = await docker.getContainer(found.Id).exec({ Cmd: command, AttachStdout: true, AttachStderr: true })
    const stream = await exec.start({})
    const [output, errors] = [new PassThrough(), new PassThrough()]
    docker.modem.demuxStream(stream, output, errors)
    stream.once('end', () => {
      output.end()
      errors.end()
    })
    const [answer, said] = await Promise.all([buffer(output), buffer(errors)])
    const { ExitCode } = await exec.inspect()
    if (ExitCode !== 0) throw new Unexpected(`${command.join(' ')} in ${pod} ended with ${ExitCode}: ${said}`)
    return answer.toString()
  }
}

describe.skipIf(missing).each([
  ['while all goes well', false],
  [`while calls fail and records come twice, seed ${seed}`, true],
])(`the chapter's walk on two instances %s ${missing && `(${missing})`}`, (_title, failing) => {
  const random = seededRandom(seed)
  let shown = ''
  let faulty = false
  let faults = 0
  let cluster: RealCluster | undefined
  let aws: RealCluster['aws']
  let instances: RealCluster['instances']
  let kubectl: RealCluster['kubectl']
  let terminal: Terminal

  /** Repeated and in another order. `fault.test.ts` loses some, and kills functions: that is made good later than a walk waits. */
  const disturb = <T>(records: readonly T[]): T[][] => {
    if (!faulty) return [[...records]]
    const again = records.filter(() => random.next() < 0.2)
    return random.next() < 0.3 ? [records.toReversed(), again] : [[...records], again]
  }

  beforeAll(async () => {
    cluster = await startRealCluster(2, { synthesized: inject('synthesized'), disturb })
    ;({ aws, instances, kubectl } = cluster)
    terminal = new InstanceTerminal({
      context: 'aws',
      kubeconfig: aws.kubeconfig,
      // A node to whom a letter comes seconds late sends to pods that have gone.
      ...(failing && { failingShare: 0.005 }),
      write: (text) => {
        shown += text
      },
    })
  }, 300_000)

  afterAll(async () => {
    faulty = false
    terminal?.close()
    await cluster?.dispose()
  })

  const logs = () => cluster?.logs() ?? ''

  it('has its nodes', async () => {
    await expect
      .poll(() => kubectl('get nodes --no-headers').then((text) => text.match(/ Ready /g)?.length), { timeout: 90_000 })
      .toBe(2)
      .catch((error: unknown) => {
        throw new Error(logs(), { cause: error })
      })
    if (!failing) return
    faulty = true
    const faultOf = randomFaults({ random, every: 25 })
    aws.edge.faultOf = (call) => {
      const fault = faulty ? faultOf(call) : { type: 'none' as const }
      if (fault.type !== 'none') faults++
      return fault
    }
  })

  it.each([apply, look, loadBalancing, configuration, scale, rollout, healing])(
    '$title',
    async (step) => {
      shown = ''
      await step.run(terminal).catch((error: unknown) => {
        throw new Error([String(error), shown.slice(-3000), logs()].join('\n'), { cause: error })
      })
    },
    600_000,
  )

  it('answers at each node', async () => {
    await visitNodes(terminal, cluster?.addresses ?? [])
  })

  it('refuses by name what the gateway can not carry', async () => {
    await expect(kubectl('exec client -- true')).rejects.toThrow('exec is not supported on AWS: no connection leads')
    await expect(kubectl('port-forward service/orders-service :80')).rejects.toThrow(
      'port-forward is not supported on AWS: no connection leads',
    )
  })

  const running = '--field-selector=status.phase=Running'
  const ordersPods = (path: string) => kubectl(`get pods -l app=orders ${running} -o jsonpath=${path}`)
  const readyReplicas = () => kubectl('get deployment orders-service -o jsonpath={.status.readyReplicas}')
  const eventually = { timeout: 120_000, interval: 500 }

  it('streams a log as it is written', async () => {
    const spec = {
      terminationGracePeriodSeconds: 1,
      containers: [
        { name: 'main', image: 'mycompany/orders-service:1.0', command: ['sh', '-c', 'while :; do date; sleep 1; done'] },
      ],
    }
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'ticker', labels: { app: 'orders-ticker' } }, spec }
    await kubectl('apply -f -', JSON.stringify(pod))
    await kubectl('wait --for=condition=Ready pod/ticker --timeout=60s')
    const log = follow(aws.kubeconfig, 'logs -f ticker')
    try {
      const lines = () => log.text().split('\n').length
      await expect.poll(lines, eventually).toBeGreaterThan(1)
      const seen = lines()
      await expect.poll(lines, eventually).toBeGreaterThan(seen + 3)
      expect(log.ended()).toBe(false)
    } finally {
      log.stop()
    }
    await kubectl('delete pod ticker')
  })

  it('goes on while an agent is killed and comes back', async () => {
    const idsOf = () => ordersPods('{.items[*].status.containerStatuses[0].containerID}')
    const before = await idsOf()
    await instances[0]?.stop('SIGKILL')
    instances[0]?.start()
    await kubectl('scale deployment orders-service --replicas=5')
    await kubectl('rollout status deployment orders-service --timeout=120s')
    expect((await idsOf()).split(' ')).toEqual(expect.arrayContaining(before.split(' ')))
  })

  it('replaces a pod whose task is taken away', async () => {
    const uids = (await ordersPods('{.items[*].metadata.uid}')).split(' ')
    const task = aws.ecs.running().find(({ startedBy = '' }) => uids.includes(startedBy))
    aws.ecs.endTask(task?.taskArn ?? '', 'taken away', 'UserInitiated')
    const now = () => ordersPods('{.items[*].metadata.uid}')
    await expect.poll(now, eventually).not.toContain(task?.startedBy)
    await expect.poll(async () => (await now()).split(' ').length, eventually).toBe(5)
    await expect.poll(readyReplicas, eventually).toBe('5')
  })

  it('holds the room of each pod by one task, and of nothing else', async () => {
    const uids = async () => (await kubectl(`get pods ${running} -o jsonpath={.items[*].metadata.uid}`)).split(' ').sort()
    const held = () =>
      aws.ecs
        .running()
        .map(({ startedBy }) => startedBy)
        .sort()
    await expect
      .poll(async () => ({ held: held(), pods: await uids() }), eventually)
      .toSatisfy(({ held, pods }) => String(held) === String(pods))
  })

  it('leaves nothing behind', async () => {
    await kubectl('delete -f examples/orders/manifests')
    await kubectl('delete pod client')
    await expect
      .poll(() => aws.ecs.running().length, eventually)
      .toBe(0)
      .catch(async (error: unknown) => {
        const uids = aws.ecs.running().map(({ startedBy = '' }) => startedBy)
        const said = aws.logs.filter(({ line }) => uids.some((uid) => line.includes(uid)) || /"level":"(warn|error)"/.test(line))
        const lines = said.slice(-40).map(({ fn, line }) => `${fn.description}: ${line}`)
        const objects = await kubectl('get pods,replicasets,deployments -A -o wide')
        throw new Error([JSON.stringify(aws.ecs.running(), null, 2), objects, ...lines, logs()].join('\n'), { cause: error })
      })
    const left = async () => (await Promise.all(instances.map((instance) => instance.containers()))).flat().length
    await expect.poll(left, eventually).toBe(0)
  })

  it('was denied nothing by its roles, and met what it should', () => {
    expect(aws.edge.denials).toEqual([])
    expect(aws.edge.unknown).toEqual([])
    if (!failing) return
    expect(faults).toBeGreaterThan(50)
  })
})

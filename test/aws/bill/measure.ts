import { listPrices } from '../../../infra/cost.ts'
import type { DeployedFunction } from '../deploy/deployment.ts'
import type { Use } from '../edge/meter.ts'
import { startSimulatedInstance } from '../node/simulated-instance.ts'
import { follow } from '../system/kubectl.ts'
import type { MeteredCluster } from './cluster.ts'
import { type LetterFigures, measureLetters } from './letters.ts'

export interface Measured {
  /** one strike of the clock, of a warm process; without nodes, and with ten */
  readonly minute: readonly Use[]
  readonly minuteWithNodes: readonly Use[]
  /** the strike at the full hour, with all that follows */
  readonly fullHour: readonly Use[]
  readonly fullHourWithNodes: readonly Use[]
  /** a minute of ten idle nodes: heartbeats and mailboxes */
  readonly nodesMinute: readonly Use[]
  readonly nodes: number
  readonly commands: readonly { readonly command: string; readonly uses: readonly Use[] }[]
  readonly pods: number
  /** a Deployment of so many, and its end */
  readonly manyPods: readonly Use[]
  readonly manyPodsDeleted: readonly Use[]
  readonly watchHour: readonly Use[]
  readonly letters: LetterFigures
  readonly seconds: readonly { readonly what: string; readonly value: number }[]
  readonly coldStarts: readonly { readonly what: string; readonly cpuMs: number; readonly memoryMiB: number }[]
}

const nodes = 10
const watchedSeconds = 60

/** Everything that docs/cost.md tells, one after the other, on one cluster. */
export const measure = async (
  cluster: MeteredCluster,
  { pods, say }: { readonly pods: number; readonly say: (what: string) => void },
): Promise<Measured> => {
  const { aws, kubectl, metered, quiet } = cluster
  say('a cluster without nodes')
  await aws.tick()
  await quiet()
  const fullHour = await metered(() => aws.tick({ fullHour: true }))
  const minute = await average(5, () => metered(() => aws.tick()))

  say('commands')
  const commands: { command: string; uses: Use[] }[] = []
  for (const command of commandsWithoutNodes) {
    // Once before: kubectl keeps what it has discovered.
    await kubectl(`${command} --dry-run=server`).catch(() => '')
    commands.push({ command: `kubectl ${command}`, uses: await metered(() => kubectl(command)) })
  }

  say('a watch')
  const watch = follow(aws.kubeconfig, 'get configmaps -w')
  await quiet()
  const idle = await metered(() => new Promise((resolve) => setTimeout(resolve, watchedSeconds * 1000)))
  watch.stop()
  const watchHour = [...scaled(idle, 3600 / watchedSeconds), ...openFor(aws.functionOf('answers requests'), 3600)]

  say('letters')
  const letters = await measureLetters()

  say(`${nodes} nodes`)
  const starting = setInterval(() => void aws.tick(), 10_000)
  const instances: Awaited<ReturnType<typeof startSimulatedInstance>>[] = []
  // One by one: this machine has few processors for the functions that all of them call at once.
  for (let i = 0; i < nodes; i++) instances.push(await startSimulatedInstance(aws, `i-${String(i).padStart(17, '0')}`))
  clearInterval(starting)
  await aws.tick()
  await new Promise((resolve) => setTimeout(resolve, 15_000))
  try {
    aws.meter.take()
    await new Promise((resolve) => setTimeout(resolve, 60_000))
    const nodesMinute = aws.meter.take()
    const without = subtracted(nodesMinute)
    const ticks = 3
    const several = async () => {
      for (let i = 0; i < ticks; i++) await aws.tick()
    }
    const minuteWithNodes = scaled(without(await sampled(cluster, 30_000, several), 30), 1 / ticks)
    const fullHourWithNodes = without(await sampled(cluster, 40_000, () => aws.tick({ fullHour: true })), 40)

    say('one command, one pod')
    const get = await timedWarm(() => kubectl('get pods'))
    const apply = await timedWarm((i) => kubectl(`create configmap timed-${i} --from-literal=a=b`))
    const one = await timed(async () => {
      await kubectl('create deployment one --image=registry.invalid/one:1')
      await kubectl('rollout status deployment one --timeout=120s')
    })
    say(`${pods} pods`)
    let manySeconds = 0
    const manyPods = without(
      await sampled(cluster, 5000, async () => {
        manySeconds = await timed(async () => {
          await kubectl(`create deployment many --image=registry.invalid/many:1 --replicas=${pods}`)
          await kubectl('rollout status deployment many --timeout=900s')
        })
      }),
      5 + manySeconds,
    )
    let deletion = 0
    const manyPodsDeleted = without(
      await sampled(cluster, 5000, async () => {
        deletion = await timed(async () => {
          await kubectl('delete deployment many --wait=false')
          // The one pod of the other Deployment stays.
          while (aws.ecs.running().length > 1) await new Promise((resolve) => setTimeout(resolve, 500))
        })
      }),
      5 + deletion,
    )
    return {
      ...{ minute, minuteWithNodes, fullHour, fullHourWithNodes, nodesMinute, nodes, commands, pods, manyPods, manyPodsDeleted },
      watchHour,
      letters,
      seconds: [
        { what: '`kubectl get pods`, warm', value: get },
        { what: '`kubectl create configmap`, warm', value: apply },
        { what: 'create a Deployment → its one pod Ready', value: one },
        { what: `create a Deployment → its ${pods} pods Ready on ${nodes} nodes`, value: manySeconds },
      ],
      coldStarts: coldStartsOf(cluster),
    }
  } finally {
    await Promise.all(instances.map((instance) => instance.stop()))
  }
}

const commandsWithoutNodes = [
  'get namespaces',
  'get pods',
  'get all --all-namespaces',
  'create configmap one --from-literal=a=b',
  'create deployment idle --image=registry.invalid/idle:1 --replicas=0',
  'describe deployment idle',
  'delete deployment idle',
]

/** A watch keeps a process, and is asked for again when the longest time of a request is over; the meter sees neither before its end. */
const openFor = (fn: DeployedFunction, seconds: number): Use[] => {
  const count = seconds / fn.timeoutSeconds
  const { apiRequest, functionRequest, functionGbSecond } = listPrices
  const busy = seconds * (fn.memoryMiB / 1024) * functionGbSecond + count * functionRequest
  return [
    { service: 'Lambda', what: fn.description, by: fn.name, count, dollars: busy },
    { service: 'API Gateway', what: 'requests', by: 'clients', count, dollars: count * apiRequest },
  ]
}

/** What something used while nodes went on with what they always do. */
const sampled = async ({ aws }: MeteredCluster, ms: number, action: () => Promise<unknown>): Promise<Use[]> => {
  aws.meter.take()
  await action()
  await new Promise((resolve) => setTimeout(resolve, ms))
  return aws.meter.take()
}

/** Without what `minute` says that so many seconds cost anyway. */
const subtracted =
  (minute: readonly Use[]) =>
  (uses: readonly Use[], seconds: number): Use[] => {
    const keyOf = ({ service, what, by }: Use) => `${service} ${what} ${by}`
    const always = new Map(scaled(minute, seconds / 60).map((use) => [keyOf(use), use]))
    return uses.flatMap((use) => {
      const { count = 0, dollars = 0, readUnits = 0, writeUnits = 0 } = always.get(keyOf(use)) ?? {}
      const left = { ...use, count: use.count - count, dollars: use.dollars - dollars }
      const units = { readUnits: (use.readUnits ?? 0) - readUnits, writeUnits: (use.writeUnits ?? 0) - writeUnits }
      return left.dollars > 0 ? [{ ...left, ...units }] : []
    })
  }

const scaled = (uses: readonly Use[], factor: number): Use[] =>
  uses.map((use) => ({
    ...use,
    count: use.count * factor,
    dollars: use.dollars * factor,
    readUnits: (use.readUnits ?? 0) * factor,
    writeUnits: (use.writeUnits ?? 0) * factor,
    milliseconds: (use.milliseconds ?? 0) * factor,
  }))

const average = async (times: number, take: () => Promise<Use[]>): Promise<Use[]> => {
  const all: Use[] = []
  for (let i = 0; i < times; i++) all.push(...(await take()))
  return scaled(all, 1 / times)
}

const timed = async (action: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await action()
  return (performance.now() - began) / 1000
}

/** The median, after one that does not count. */
const timedWarm = async (action: (i: number) => Promise<unknown>): Promise<number> => {
  const seconds: number[] = []
  for (let i = 0; i < 6; i++) seconds.push(await timed(() => action(i)))
  return seconds.slice(1).toSorted((a, b) => a - b)[2]!
}

const coldStartsOf = ({ functionUses }: MeteredCluster) => {
  const cold = Map.groupBy(
    functionUses.filter(({ initCpuMs }) => initCpuMs > 0),
    ({ fn }) => fn.description,
  )
  return [...cold].map(([what, uses]) => ({
    what: what.replace('Windlass: ', ''),
    cpuMs: Math.min(...uses.map(({ initCpuMs }) => initCpuMs)),
    memoryMiB: uses[0]?.fn.memoryMiB ?? 0,
  }))
}

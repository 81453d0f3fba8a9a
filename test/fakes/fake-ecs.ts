import type { ECSClient, StartTaskCommandInput, Task } from '@aws-sdk/client-ecs'
import type { AwsEvent } from '../../shared/placement/ecs/interpret-event.ts'

export interface FakeInstance {
  readonly arn: string
  readonly ec2InstanceId: string
  readonly registered: { readonly cpu: number; readonly memory: number }
  cpu: number
  memory: number
  connected: boolean
  status: 'ACTIVE' | 'DRAINING'
}

export type FakeTask = Task & { readonly taskArn: string; readonly cpuUnits: number; readonly memoryMiB: number }

/** Runs a task's container somewhere real. Without one a task runs at once, and for ever. */
export interface TaskRunner {
  /** `ended` is called when the container is gone by itself */
  start(task: FakeTask, ended: (reason: string) => void): Promise<void>
  stop(task: FakeTask): Promise<void>
}

export interface FakeEcsOptions {
  readonly runner?: TaskRunner
  /** as EventBridge would deliver them */
  readonly onEvent?: (event: AwsEvent) => void
  /** what ARNs begin with; default: some region and account */
  readonly scope?: string
  /** its name; default: test */
  readonly cluster?: string
}

type Operation = (input: never) => unknown

/**
 * ECS as `place` and `cloud-events` see it: container instances with so much room, the tasks on them, and the events about both.
 * Failures: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html; events:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html; states:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
 */
export class FakeEcs {
  readonly #instances = new Map<string, FakeInstance>()
  readonly tasks = new Map<string, FakeTask>()
  /** calls by operation, in order */
  readonly calls: string[] = []
  readonly #options: FakeEcsOptions
  /** the next call of an operation throws this after, or before, it takes effect */
  #faults: { operation: string; error: Error; effect: boolean }[] = []
  #last = 0
  #defined = true
  #hidesNew = false
  readonly #hidden = new Set<string>()
  /** Several of these may use one engine at a time. */
  readonly #prefix = crypto.randomUUID().slice(0, 8)
  readonly #listeners = new Set<(task: FakeTask) => void>()
  readonly #scope: string
  readonly #cluster: string

  constructor(options: FakeEcsOptions = {}) {
    this.#options = options
    this.#scope = options.scope ?? 'arn:aws:ecs:eu-west-1:111122223333'
    this.#cluster = options.cluster ?? 'test'
  }

  readonly client = {
    send: (command: { constructor: { name: string }; input: unknown }) =>
      this.call(command.constructor.name.replace(/Command$/, ''), command.input),
  } as unknown as Pick<ECSClient, 'send'>

  get #clusterArn(): string {
    return `${this.#scope}:cluster/${this.#cluster}`
  }

  async call(operation: string, input: unknown): Promise<unknown> {
    this.calls.push(operation)
    const index = this.#faults.findIndex((fault) => fault.operation === operation)
    const [fault] = index < 0 ? [] : this.#faults.splice(index, 1)
    if (fault && !fault.effect) throw fault.error
    const perform = this.#operations[operation]
    if (!perform) throw failure('UnknownOperationException', `there is no ${operation} here`)
    const answer = perform(input as never)
    if (fault) throw fault.error
    return answer
  }

  addInstance(ec2InstanceId: string, { cpu = 2048, memory = 4096 } = {}): string {
    const arn = `${this.#scope}:container-instance/${this.#cluster}/${ec2InstanceId}`
    this.#instances.set(arn, {
      arn,
      ec2InstanceId,
      registered: { cpu, memory },
      cpu,
      memory,
      connected: true,
      status: 'ACTIVE',
    })
    return arn
  }

  removeInstance(arn: string): void {
    const instance = this.#instances.get(arn)
    this.#instances.delete(arn)
    for (const task of this.tasks.values())
      if (task.containerInstanceArn === arn) this.endTask(task.taskArn, 'Host EC2 terminated')
    if (instance) this.#tellInstance(instance, 'INACTIVE')
  }

  /** Somebody deregisters the task definition by hand, or registers it again. */
  setDefined(defined: boolean): void {
    this.#defined = defined
  }

  setConnected(arn: string, connected: boolean): void {
    const instance = this.#instances.get(arn)
    if (!instance) throw new Error(`no instance ${arn}`)
    instance.connected = connected
    this.#tellInstance(instance, instance.status)
  }

  /** Tasks that are started from now on are not known to reads until this is taken back: ECS is eventually consistent. */
  hideNewTasks(hide: boolean): void {
    this.#hidesNew = hide
    if (!hide) this.#hidden.clear()
  }

  fail(operation: string, name: string, effect: boolean): void {
    this.#faults.push({ operation, error: failure(name, `${name} by the test`), effect })
  }

  endTask(arn: string, reason: string, stopCode: NonNullable<Task['stopCode']> = 'EssentialContainerExited'): void {
    const task = this.tasks.get(arn)
    if (!task || task.lastStatus === 'STOPPED') return
    Object.assign(task, { lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stoppedReason: reason, stopCode })
    const instance = this.#instances.get(task.containerInstanceArn ?? '')
    if (instance) {
      instance.cpu += task.cpuUnits
      instance.memory += task.memoryMiB
    }
    this.#tellTask(task)
    void this.#options.runner?.stop(task)
  }

  /** Tells of every change of a task, as whoever looks at its container sees it. Returns the way to stop. */
  onTask(listener: (task: FakeTask) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  running(): FakeTask[] {
    return [...this.tasks.values()].filter(({ lastStatus }) => lastStatus !== 'STOPPED')
  }

  #seen(arn: string): FakeTask | undefined {
    return this.#hidden.has(arn) ? undefined : this.tasks.get(arn)
  }

  readonly #operations: Readonly<Record<string, Operation>> = {
    StartTask: (input: StartTaskCommandInput) => this.#start(input),
    StopTask: ({ task: arn = '', reason = '' }: { task?: string; reason?: string }) => {
      const task = this.tasks.get(arn)
      if (!task) throw failure('InvalidParameterException', 'The referenced task was not found.')
      this.endTask(arn, reason, 'UserInitiated')
      return { task }
    },
    DescribeTasks: ({ tasks = [] }: { tasks?: string[] }) => {
      if (tasks.length > 100) throw failure('InvalidParameterException', 'tasks can have at most 100 items.')
      return {
        tasks: tasks.flatMap((arn) => this.#seen(arn) ?? []),
        failures: tasks.filter((arn) => !this.#seen(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
      }
    },
    ListTasks: ({ startedBy, containerInstance, desiredStatus = 'RUNNING' }: Readonly<Record<string, string | undefined>>) => {
      if (startedBy !== undefined && containerInstance !== undefined)
        throw failure('InvalidParameterException', 'startedBy must be the only filter')
      const found = [...this.tasks.values()].filter(
        (task) =>
          task.desiredStatus === desiredStatus &&
          !this.#hidden.has(task.taskArn) &&
          (startedBy === undefined || task.startedBy === startedBy) &&
          (containerInstance === undefined || task.containerInstanceArn === containerInstance),
      )
      return { taskArns: found.map(({ taskArn }) => taskArn) }
    },
    DescribeContainerInstances: ({ containerInstances = [] }: { containerInstances?: string[] }) => ({
      containerInstances: containerInstances.flatMap((arn) => {
        const instance = this.#instances.get(arn)
        return instance ? [described(instance)] : []
      }),
      failures: containerInstances.filter((arn) => !this.#instances.has(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
    }),
    ListContainerInstances: () => ({ containerInstanceArns: [...this.#instances.keys()] }),
    UpdateContainerInstancesState: ({
      containerInstances = [],
      status,
    }: {
      containerInstances?: string[]
      status?: 'ACTIVE' | 'DRAINING'
    }) => {
      const found = containerInstances.flatMap((arn) => this.#instances.get(arn) ?? [])
      for (const instance of found) {
        // Tasks that StartTask started go on: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html
        instance.status = status ?? instance.status
        this.#tellInstance(instance, instance.status)
      }
      return { containerInstances: found.map(described), failures: [] }
    },
  }

  #start(input: StartTaskCommandInput): unknown {
    const [arn = ''] = input.containerInstances ?? []
    if (!this.#defined) throw failure('ClientException', 'TaskDefinition is inactive')
    if ((input.startedBy ?? '').length > 36) throw failure('InvalidParameterException', 'startedBy is too long')
    const instance = this.#instances.get(arn)
    const [override = {}] = input.overrides?.containerOverrides ?? []
    const { cpu: cpuUnits = 0, memoryReservation: memoryMiB = 0 } = override
    const reason = refusal(instance, cpuUnits, memoryMiB)
    if (reason || !instance) return { tasks: [], failures: [{ arn, reason: reason ?? 'MISSING' }] }
    instance.cpu -= cpuUnits
    instance.memory -= memoryMiB
    const { runner } = this.#options
    const task: FakeTask = {
      taskArn: `${this.#scope}:task/${this.#cluster}/${this.#prefix}${String(++this.#last).padStart(24, '0')}`,
      clusterArn: this.#clusterArn,
      taskDefinitionArn: input.taskDefinition?.startsWith('arn:')
        ? input.taskDefinition
        : `${this.#scope}:task-definition/${input.taskDefinition}:1`,
      startedBy: input.startedBy,
      createdAt: new Date(Date.UTC(2026, 0, 1) + this.#last * 1000),
      containerInstanceArn: arn,
      lastStatus: runner ? 'PENDING' : 'RUNNING',
      desiredStatus: 'RUNNING',
      overrides: input.overrides,
      containers: [{ name: 'sandbox' }],
      cpuUnits,
      memoryMiB,
    }
    this.tasks.set(task.taskArn, task)
    if (this.#hidesNew) this.#hidden.add(task.taskArn)
    this.#tellTask(task)
    if (runner) void this.#run(task, runner)
    return { tasks: [{ ...task }], failures: [] }
  }

  async #run(task: FakeTask, runner: TaskRunner): Promise<void> {
    try {
      await runner.start(task, (reason) => this.endTask(task.taskArn, reason))
    } catch (error) {
      this.endTask(
        task.taskArn,
        `CannotStartContainerError: ${error instanceof Error ? error.message : error}`,
        'TaskFailedToStart',
      )
      return
    }
    if (task.lastStatus !== 'PENDING') return
    Object.assign(task, { lastStatus: 'RUNNING' })
    this.#tellTask(task)
  }

  #tellTask(task: FakeTask): void {
    this.#tell('ECS Task State Change', { ...task })
    for (const listener of this.#listeners) listener(task)
  }

  #tellInstance(instance: FakeInstance, status: string): void {
    this.#tell('ECS Container Instance State Change', { ...described(instance), status, clusterArn: this.#clusterArn })
  }

  #tell(detailType: string, detail: Record<string, unknown>): void {
    this.#options.onEvent?.({ id: `event-${++this.#last}`, source: 'aws.ecs', 'detail-type': detailType, detail })
  }
}

const failure = (name: string, message: string): Error => Object.assign(new Error(message), { name })

const refusal = (instance: FakeInstance | undefined, cpu: number, memory: number): string | undefined => {
  if (!instance) return 'MISSING'
  if (!instance.connected) return 'AGENT'
  if (instance.cpu < cpu) return 'RESOURCE:CPU'
  return instance.memory < memory ? 'RESOURCE:MEMORY' : undefined
}

const described = ({ arn, ec2InstanceId, connected, status, cpu, memory, registered }: FakeInstance) => ({
  containerInstanceArn: arn,
  ec2InstanceId,
  agentConnected: connected,
  status,
  remainingResources: resources({ cpu, memory }),
  registeredResources: resources(registered),
})

const resources = ({ cpu, memory }: { cpu: number; memory: number }) => [
  { name: 'CPU', type: 'INTEGER', integerValue: cpu },
  { name: 'MEMORY', type: 'INTEGER', integerValue: memory },
]

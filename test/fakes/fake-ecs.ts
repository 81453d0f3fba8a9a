import {
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  StartTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'

interface Instance {
  readonly arn: string
  cpu: number
  memory: number
  connected: boolean
}

type HeldTask = Task & { readonly cpuUnits: number; readonly memoryMiB: number }

/** ECS as `place` sees it: container instances with so much room, and the tasks on them. */
export class FakeEcs {
  readonly #instances = new Map<string, Instance>()
  readonly tasks = new Map<string, HeldTask>()
  /** calls by command, in order */
  readonly calls: string[] = []
  /** the next calls of a command throw this after, or before, they take effect */
  #faults: { command: string; error: Error; effect: boolean }[] = []
  #lastTask = 0

  readonly client = { send: (command: { constructor: { name: string } }) => this.#send(command) } as unknown as Pick<
    ECSClient,
    'send'
  >

  addInstance(name: string, { cpu = 2048, memory = 4096 } = {}): string {
    const arn = `arn:aws:ecs:eu-west-1:111122223333:container-instance/test/${name}`
    this.#instances.set(arn, { arn, cpu, memory, connected: true })
    return arn
  }

  removeInstance(arn: string): void {
    this.#instances.delete(arn)
    for (const task of this.tasks.values())
      if (task.containerInstanceArn === arn) this.endTask(task.taskArn!, 'Host EC2 terminated')
  }

  setConnected(arn: string, connected: boolean): void {
    this.#instances.get(arn)!.connected = connected
  }

  fail(command: string, name: string, effect: boolean): void {
    const error = new Error(`${name} by the test`)
    error.name = name
    this.#faults.push({ command, error, effect })
  }

  endTask(arn: string, reason: string): void {
    const task = this.tasks.get(arn)
    if (!task || task.lastStatus === 'STOPPED') return
    Object.assign(task, {
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stoppedReason: reason,
      stopCode: 'EssentialContainerExited',
    })
    const instance = this.#instances.get(task.containerInstanceArn ?? '')
    if (instance) {
      instance.cpu += task.cpuUnits
      instance.memory += task.memoryMiB
    }
  }

  running(): HeldTask[] {
    return [...this.tasks.values()].filter(({ lastStatus }) => lastStatus !== 'STOPPED')
  }

  async #send(command: { constructor: { name: string } }): Promise<unknown> {
    const name = command.constructor.name.replace(/Command$/, '')
    this.calls.push(name)
    const index = this.#faults.findIndex((fault) => fault.command === name)
    const [fault] = index < 0 ? [] : this.#faults.splice(index, 1)
    if (fault && !fault.effect) throw fault.error
    const answer = this.#answer(command)
    if (fault) throw fault.error
    return answer
  }

  #answer(command: unknown): unknown {
    if (command instanceof StartTaskCommand) return this.#start(command)
    if (command instanceof StopTaskCommand) {
      const arn = command.input.task ?? ''
      if (!this.tasks.has(arn))
        throw Object.assign(new Error('The referenced task was not found.'), { name: 'InvalidParameterException' })
      this.endTask(arn, command.input.reason ?? '')
      return { task: this.tasks.get(arn) }
    }
    if (command instanceof DescribeTasksCommand) {
      return { tasks: (command.input.tasks ?? []).flatMap((arn) => this.tasks.get(arn) ?? []), failures: [] }
    }
    if (command instanceof ListTasksCommand) {
      const { startedBy, containerInstance } = command.input
      const found = this.running().filter(
        (task) =>
          (startedBy === undefined || task.startedBy === startedBy) &&
          (containerInstance === undefined || task.containerInstanceArn === containerInstance),
      )
      return { taskArns: found.map(({ taskArn }) => taskArn) }
    }
    throw new Error('FakeEcs does not know this command')
  }

  #start({ input }: StartTaskCommand): unknown {
    const [arn = ''] = input.containerInstances ?? []
    const instance = this.#instances.get(arn)
    const [override = {}] = input.overrides?.containerOverrides ?? []
    const { cpu: cpuUnits = 0, memoryReservation: memoryMiB = 0 } = override
    const reason = refusal(instance, cpuUnits, memoryMiB)
    if (reason || !instance) return { tasks: [], failures: [{ arn, reason: reason ?? 'MISSING' }] }
    instance.cpu -= cpuUnits
    instance.memory -= memoryMiB
    const taskArn = `arn:aws:ecs:eu-west-1:111122223333:task/test/${String(++this.#lastTask).padStart(32, '0')}`
    const task: HeldTask = {
      taskArn,
      startedBy: input.startedBy,
      containerInstanceArn: arn,
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      overrides: input.overrides,
      containers: [{ name: 'sandbox' }],
      cpuUnits,
      memoryMiB,
    }
    this.tasks.set(taskArn, task)
    return { tasks: [task], failures: [] }
  }
}

const refusal = (instance: Instance | undefined, cpu: number, memory: number): string | undefined => {
  if (!instance) return 'MISSING'
  if (!instance.connected) return 'AGENT'
  if (instance.cpu < cpu) return 'RESOURCE:CPU'
  return instance.memory < memory ? 'RESOURCE:MEMORY' : undefined
}

import type { Room, RoomHolder } from '../../../agent/room/room-holder.ts'
import type { FakeEcs, FakeTask } from '../../fakes/fake-ecs.ts'

/** Pods' room as the tasks of one container instance hold it, seen in ECS itself: there is no engine to look at. */
export class TaskRooms implements RoomHolder {
  readonly #ecs: FakeEcs
  readonly #instance: string
  #unsubscribe: () => void = () => undefined
  readonly #listeners = new Set<(podUid: string) => void>()

  constructor(ecs: FakeEcs, containerInstanceArn: string) {
    this.#ecs = ecs
    this.#instance = containerInstanceArn
  }

  async start() {
    this.#unsubscribe = this.#ecs.onTask((task) => {
      if (task.containerInstanceArn !== this.#instance) return
      for (const listener of this.#listeners) listener(task.startedBy ?? '')
    })
  }

  async stop() {
    this.#unsubscribe()
  }

  room(podUid: string): Room | undefined {
    const tasks = this.#tasksOf(podUid)
    if (tasks.some(({ lastStatus }) => lastStatus === 'RUNNING')) return { state: 'held', environment: new Map() }
    const ended = tasks.find(({ lastStatus }) => lastStatus === 'STOPPED')
    return ended && { state: 'gone', reason: ended.stoppedReason, environment: new Map() }
  }

  onChange(listener: (podUid: string) => void) {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async release(podUid: string) {
    for (const { taskArn } of this.#tasksOf(podUid)) this.#ecs.endTask(taskArn, 'Essential container in task exited')
  }

  #tasksOf(podUid: string): FakeTask[] {
    return [...this.#ecs.tasks.values()].filter(
      ({ startedBy, containerInstanceArn }) => startedBy === podUid && containerInstanceArn === this.#instance,
    )
  }
}

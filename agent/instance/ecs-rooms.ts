import type Docker from 'dockerode'
import type { ContainerInspectInfo } from 'dockerode'
import { podVariables } from '../../shared/placement/ecs/ecs-placement.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { Room, RoomHolder } from '../room/room-holder.ts'
import { engineCall } from '../runtime/docker/engine-error.ts'
import { type EngineEvent, followEngineEvents } from '../runtime/docker/engine-events.ts'

export interface EcsRoomsOptions {
  readonly docker: Docker
  readonly log: Logger
  /** how often everything is listed again, for events that were lost */
  readonly relistMs?: number | undefined
}

/** of the task definition's one container; the ECS agent labels it so */
const sandboxLabel = 'com.amazonaws.ecs.container-name=sandbox'
const taskLabel = 'com.amazonaws.ecs.task-arn'
const events = ['start', 'kill', 'die', 'destroy']
/** What a process in the pod finds the task's credentials and metadata by. The first is as good as a password. */
const inherited = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'ECS_CONTAINER_METADATA_URI', 'ECS_CONTAINER_METADATA_URI_V4']
const sigkill = '9'
const rememberedMs = 600_000

interface HeldRoom extends Room {
  readonly containerId: string
  readonly uid: string
  readonly createdAt: string
  /** when it was first seen to be gone */
  readonly goneAtMs?: number | undefined
}

/**
 * Pods' room as ECS tasks hold it: the task's one container stands for it. Its environment names the pod; a stop signal to it says
 * that the task is being stopped; its death is the end of the room.
 */
export class EcsRooms implements RoomHolder {
  readonly #docker: Docker
  readonly #log: Logger
  readonly #relistMs: number
  readonly #rooms = new Map<string, HeldRoom>()
  /** container ids whose end somebody has asked for */
  readonly #ending = new Set<string>()
  readonly #listeners = new Set<(podUid: string) => void>()
  readonly #stopped = new AbortController()
  #timer: NodeJS.Timeout | undefined

  constructor({ docker, log, relistMs = 10_000 }: EcsRoomsOptions) {
    this.#docker = docker
    this.#log = log
    this.#relistMs = relistMs
  }

  async start() {
    await this.#relist()
    void followEngineEvents({
      docker: this.#docker,
      filter: { label: [sandboxLabel], event: events },
      log: this.#log,
      signal: this.#stopped.signal,
      onEvent: (event) => this.#handle(event),
      onConnected: () => this.#relistLogged(),
    })
    this.#timer = setInterval(() => this.#relistLogged(), this.#relistMs)
  }

  async stop() {
    clearInterval(this.#timer)
    this.#stopped.abort()
  }

  room(podUid: string): Room | undefined {
    return this.#rooms.get(podUid)
  }

  onChange(listener: (podUid: string) => void) {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async release(podUid: string) {
    const room = this.#rooms.get(podUid)
    if (!room || room.state === 'gone') return
    // The ECS agent sees its container die and reports the task as stopped.
    await engineCall(() => this.#docker.getContainer(room.containerId).kill({ signal: 'SIGKILL' }), [404, 409])
  }

  #handle({ id, action, attributes }: EngineEvent) {
    if (action === 'kill' && attributes.signal !== sigkill) this.#ending.add(id)
    if (action === 'destroy') return this.#forget(id)
    this.#inspect(id).catch((error: unknown) => this.#log.warn('container of a task can not be inspected', { id, error }))
  }

  async #inspect(id: string) {
    const info = await engineCall(() => this.#docker.getContainer(id).inspect(), [404])
    if (!info) return this.#forget(id)
    const room = roomOf(info, this.#ending.has(id))
    if (!room) return
    const known = this.#rooms.get(room.uid)
    // Of two tasks for one pod the one that lives counts, then the newer.
    const older = known && known.containerId !== id && rank(known) >= rank(room)
    if (older || (known?.containerId === id && known.state === room.state)) return
    this.#rooms.set(room.uid, room)
    this.#tell(room.uid)
  }

  /** That the room is gone stays known for a while: the pod may not have ended yet. */
  #forget(id: string) {
    this.#ending.delete(id)
    for (const room of this.#rooms.values()) {
      if (room.containerId !== id || room.state === 'gone') continue
      this.#rooms.set(room.uid, {
        ...room,
        state: 'gone',
        goneAtMs: Date.now(),
        reason: 'the container of its ECS task was removed',
      })
      this.#tell(room.uid)
    }
  }

  #tell(uid: string) {
    for (const listener of this.#listeners) listener(uid)
  }

  #relistLogged() {
    this.#relist().catch((error: unknown) => this.#log.warn('containers of tasks can not be listed', { error }))
  }

  async #relist() {
    const listed = (await engineCall(() => this.#docker.listContainers({ all: true, filters: { label: [sandboxLabel] } })))!
    const present = new Map(listed.map(({ Id: id, State: state }) => [id, state]))
    for (const { uid, containerId, goneAtMs = Number.POSITIVE_INFINITY } of this.#rooms.values()) {
      if (present.has(containerId)) continue
      this.#forget(containerId)
      if (Date.now() - goneAtMs > rememberedMs) this.#rooms.delete(uid)
    }
    const known = new Map([...this.#rooms.values()].map((room) => [room.containerId, room.state]))
    const differing = listed.filter(
      ({ Id: id, State: state }) => (known.get(id) === 'gone') !== (state !== 'running') || !known.has(id),
    )
    await Promise.all(differing.map(({ Id: id }) => this.#inspect(id)))
  }
}

const rank = ({ state, createdAt }: HeldRoom) => `${state === 'gone' ? 0 : 1} ${createdAt}`

/** undefined: it stands for no pod, or has not been started yet. Pure. */
const roomOf = (info: ContainerInspectInfo, ending: boolean): HeldRoom | undefined => {
  const variables = new Map(info.Config.Env.map((line) => splitAt(line, line.indexOf('='))))
  const uid = variables.get(podVariables.uid)
  const { State: state } = info
  if (!uid || (!state.Running && state.Status === 'created')) return undefined
  const task = info.Config.Labels[taskLabel] ?? 'its ECS task'
  const fixed = {
    uid,
    containerId: info.Id,
    createdAt: info.Created,
    cgroupParent: info.HostConfig.CgroupParent || undefined,
    environment: new Map(inherited.flatMap((name) => (variables.has(name) ? [[name, variables.get(name) ?? ''] as const] : []))),
  }
  if (!state.Running)
    return {
      ...fixed,
      state: 'gone',
      goneAtMs: Date.now(),
      reason: `the container of ${task} ended with exit code ${state.ExitCode}`,
    }
  return ending ? { ...fixed, state: 'ending', reason: `${task} is being stopped` } : { ...fixed, state: 'held' }
}

const splitAt = (text: string, index: number): [string, string] => [text.slice(0, index), text.slice(index + 1)]

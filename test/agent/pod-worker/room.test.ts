import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Room, RoomHolder } from '../../../agent/room/room-holder.ts'
import { roomLoss } from '../../../agent/room/room-loss.ts'
import type { RuntimePod } from '../../../agent/runtime/runtime.ts'
import { pods } from '../../../shared/resources/resource.ts'
import { type AgentCluster, type SimulatedNode, startAgentCluster, startSimulatedNode } from '../environment.ts'

const held: Room = { state: 'held', cgroupParent: 'ecstasks-1.slice', environment: new Map([['A', 'b']]) }
const ran = { sandboxes: [{}], containers: [] } as unknown as RuntimePod

it.each([
  { what: 'its room is held', room: held, runtime: ran, loss: undefined },
  { what: 'it waits for its room', room: undefined, runtime: undefined, loss: undefined },
  {
    what: 'its room is being taken',
    room: { ...held, state: 'ending', reason: 'the task is being stopped' },
    loss: 'the task is being stopped',
  },
  { what: 'its room was taken before it ran', room: { ...held, state: 'gone', reason: 'exit code 0' }, loss: 'exit code 0' },
  { what: 'nothing is left of its room', room: undefined, runtime: ran, loss: 'nothing is left of it' },
] as const)('knows whether a pod lost its room when $what', ({ room, runtime, loss }) => {
  expect(roomLoss(room, runtime as RuntimePod | undefined)).toBe(
    loss && `the room held for the pod on its node was given up: ${loss}`,
  )
})

/** Rooms that the test gives and takes. */
class HandedRooms implements RoomHolder {
  readonly rooms = new Map<string, Room>()
  readonly released: string[] = []
  readonly #listeners = new Set<(uid: string) => void>()
  start = async () => undefined
  stop = async () => undefined
  room = (uid: string) => this.rooms.get(uid)
  onChange = (listener: (uid: string) => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  release = async (uid: string) => {
    this.released.push(uid)
  }
  set(uid: string, room: Room) {
    this.rooms.set(uid, room)
    for (const listener of this.#listeners) listener(uid)
  }
}

let cluster: AgentCluster
let node: SimulatedNode
let rooms: HandedRooms
beforeEach(async () => {
  cluster = await startAgentCluster()
  rooms = new HandedRooms()
  node = await startSimulatedNode(cluster, { rooms })
})
afterEach(async () => {
  await node.stop()
  await cluster.stop()
})

it('starts a pod only in its room, and gives that back when the end is known', async () => {
  const { metadata } = await cluster.createPod('web', { restartPolicy: 'Never' })
  const uid = metadata.uid ?? ''
  const waiting = await cluster.pod('web', ({ status }) => status?.containerStatuses?.[0]?.state?.waiting !== undefined)
  expect(waiting.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe('ContainerCreating')
  expect(node.runtime.pod(uid)).toBeUndefined()
  rooms.set(uid, held)
  await cluster.pod('web', ({ status }) => status?.phase === 'Running')
  expect(rooms.released).toEqual([])
  await cluster.client.delete(pods, 'default', 'web')
  await cluster.gone('web')
  expect(rooms.released).toEqual([uid])
})

it('ends a pod whose room is taken, for good', async () => {
  const { metadata } = await cluster.createPod('web', { restartPolicy: 'Always' })
  const uid = metadata.uid ?? ''
  rooms.set(uid, held)
  await cluster.pod('web', ({ status }) => status?.phase === 'Running')
  rooms.set(uid, { ...held, state: 'ending', reason: 'the task is being stopped' })
  const ended = await cluster.pod('web', ({ status }) => status?.containerStatuses?.[0]?.state?.terminated !== undefined)
  expect(ended.status).toMatchObject({ phase: 'Failed', reason: 'PlacementLost' })
  await expect.poll(() => rooms.released).toEqual([uid])
})

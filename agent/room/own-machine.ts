import type { Room, RoomHolder } from './room-holder.ts'

const held: Room = { state: 'held', environment: new Map() }

/** All of the machine is the agent's. */
export const ownMachine: RoomHolder = {
  start: async () => undefined,
  stop: async () => undefined,
  room: () => held,
  onChange: () => () => undefined,
  release: async () => undefined,
}

import { createHeartbeatWorker } from '../shared/dispatch/heartbeat-worker.ts'
import { readEnvironment } from './environment.ts'
import { batchHandler } from './wiring/batch-handler.ts'
import { openHeartbeats } from './wiring/heartbeats.ts'
import { log } from './wiring/log.ts'
import { once } from './wiring/once.ts'

const open = once(async () => createHeartbeatWorker({ heartbeats: openHeartbeats(readEnvironment('heartbeat')), log }))

/** The heartbeat queue: notes when nodes were last heard of. */
export const handler = batchHandler(open)

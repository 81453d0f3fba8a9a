import type { Client } from '../../client/client.ts'
import type { KubeObject } from '../../meta/object.ts'
import { isReason } from '../../meta/status.ts'
import { type Clock, timestamp } from '../../platform/clock.ts'
import type { Logger } from '../../platform/log.ts'
import { type Random, systemRandom } from '../../platform/random.ts'
import type { ObjectReference } from '../../resources/generated/types.ts'
import { type Event, events } from '../../resources/resource.ts'
import type { EventRecorder } from '../controller.ts'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { createCorrelator } from './correlator.ts'

export interface EventSink {
  /** A recorder whose Events come from `component` (`deployment-controller`). Its `record` resolves at once; the Event is written behind it. */
  recorder(component: string): EventRecorder
  /** Resolves when all that was recorded is written: before a process ends. */
  flush(): Promise<void>
}

interface Pending {
  readonly component: string
  readonly regarding: ObjectReference
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  readonly nowMs: number
}

/** Writes wait for one another in so many lanes, so that two counts of one Event never race. */
const lanes = 8

export const createEventSink = (options: {
  client: Client
  clock: Clock
  log: Logger
  random?: Random | undefined
}): EventSink => {
  const { client, clock, log } = options
  const correlator = createCorrelator()
  const tails: Promise<void>[] = Array.from({ length: lanes }, () => Promise.resolve())
  // Another process may write an Event about the same object in the same millisecond.
  const ownNanoseconds = BigInt((options.random ?? systemRandom).integer(1_000_000))
  let lastNameStamp = 0n

  const uniqueName = (name: string, nowMs: number): string => {
    const stamp = BigInt(nowMs) * 1_000_000n + ownNanoseconds
    lastNameStamp = stamp > lastNameStamp ? stamp : lastNameStamp + 1n
    return `${name}.${lastNameStamp.toString(16)}`
  }

  const write = async (pending: Pending): Promise<void> => {
    const { regarding, type, reason, component, nowMs } = pending
    const verdict = correlator.judge(pending, nowMs)
    if (verdict.write === 'nothing') return
    const { key, message, known } = verdict
    const now = timestamp(nowMs)
    if (known) {
      const body = { count: known.count + 1, lastTimestamp: now, message }
      try {
        await client.patch(events, known.namespace, known.name, { type: 'merge', body })
        known.count++
        return
      } catch (error) {
        if (!isReason(error, 'NotFound')) throw error
        correlator.forget(key)
      }
    }
    const namespace = regarding.namespace || 'default'
    const name = uniqueName(regarding.name ?? '', nowMs)
    const event: Event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: regarding,
      reason,
      message,
      type,
      source: { component },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      reportingComponent: component,
    }
    await client.create(events, event)
    correlator.written(key, { name, namespace, count: 1 })
  }

  const enqueue = (pending: Pending) => {
    const lane = laneOf(pending.regarding)
    tails[lane] = tails[lane]!.then(() => write(pending)).catch((error: unknown) => {
      if (!isNamespaceTerminating(error) && !isReason(error, 'NotFound'))
        log.warn('could not record an event', { reason: pending.reason, object: pending.regarding.name, error })
    })
  }

  return {
    recorder: (component) => ({
      record: async (regarding, type, reason, message) =>
        enqueue({
          component,
          regarding: referenceTo(regarding),
          type,
          reason,
          message: message.slice(0, 1024),
          nowMs: clock.now(),
        }),
    }),
    flush: async () => {
      await Promise.all(tails)
    },
  }
}

const referenceTo = ({ apiVersion, kind, metadata }: KubeObject): ObjectReference => ({
  kind,
  namespace: metadata.namespace,
  name: metadata.name,
  uid: metadata.uid,
  apiVersion,
  resourceVersion: metadata.resourceVersion,
})

const laneOf = ({ uid, name = '' }: ObjectReference): number => {
  let sum = 0
  for (const character of uid ?? name) sum = (sum * 31 + character.charCodeAt(0)) | 0
  return Math.abs(sum) % lanes
}

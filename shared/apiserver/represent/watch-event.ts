import { Buffer } from 'node:buffer'
import { apiVersionOf, type KubeObject } from '../../meta/object.ts'
import type { LogTail, TailChange } from '../../storage/log-tail.ts'
import type { ResourceContext } from '../context.ts'
import { encoder } from '../objects/encode.ts'
import type { Selection } from '../objects/selection.ts'
import { decodeCurrent, fromStored } from '../objects/served-version.ts'
import type { Representation } from './negotiate.ts'
import { partialMetadata } from './partial-metadata.ts'
import { table, tableOptions } from './table.ts'

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'

/** Turns changes into the lines of a watch; lines that many watchers want are made once. */
export interface EventEncoder {
  initial(value: Uint8Array): Uint8Array
  /** Of several changes, in order. */
  changes(batch: readonly TailChange[], selection: Selection): Uint8Array
  bookmark(revision: number, initialEventsEnd: boolean): Uint8Array
}

const tail = Buffer.from('}\n')
const heads = Object.fromEntries(
  ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'].map((type) => [type, Buffer.from(`{"type":"${type}","object":`)]),
) as Record<EventType, Buffer>

export const framed = (type: EventType, object: Uint8Array): Uint8Array => Buffer.concat([heads[type], object, tail])

export const createEventEncoder = (context: ResourceContext, representation: Representation): EventEncoder => {
  const { definition } = context
  const { slot, represent } = representer(context, representation)
  const line = (type: EventType, value: Uint8Array) => framed(type, represent ? represent(decodeCurrent(context, value)) : value)
  const memoized = (change: TailChange, type: EventType, value: (change: TailChange) => Uint8Array) => {
    const key = slot()
    if (key !== undefined) return change.memo(`${key} ${type}`, () => line(type, value(change)))
    return line(type, value(change))
  }
  const lineOf = (change: TailChange, { matches }: Selection): Uint8Array => {
    const type = eventType(change, matches)
    if (change.type === 'deleted' || type !== 'DELETED') return memoized(change, type, ({ value }) => value)
    // It left the selection: its state before, at the revision of the change.
    return line('DELETED', encoder(definition, change.previousObject!)(change.revision))
  }
  return {
    initial: (value) => line('ADDED', value),
    changes: (batch, selection) => {
      if (batch.length === 1) return lineOf(batch[0]!, selection)
      const join = () => Buffer.concat(batch.map((change) => lineOf(change, selection)))
      const key = selection.name === undefined && !selection.matches ? slot() : undefined
      return key === undefined ? join() : joinedOnce(context.parts.logTail, { batch, key, join })
    },
    bookmark: (revision, initialEventsEnd) => {
      const object = bookmarkObject(context, revision, initialEventsEnd)
      return framed('BOOKMARK', represent ? represent(object, true) : Buffer.from(JSON.stringify(object)))
    },
  }
}

interface Joined {
  readonly first: TailChange
  readonly last: TailChange
  readonly count: number
  readonly key: string
  readonly lines: Uint8Array
}

/** The newest only: those who keep up come for the same batch one after the other, and nothing is kept for the others. */
const newest = new WeakMap<LogTail, Joined>()

/** Without a selector, first, last and number tell which changes a batch is of. */
const joinedOnce = (
  tail: LogTail,
  { batch, key, join }: { batch: readonly TailChange[]; key: string; join: () => Uint8Array },
): Uint8Array => {
  const [first, last, count] = [batch[0]!, batch.at(-1)!, batch.length]
  const known = newest.get(tail)
  if (known?.first === first && known.last === last && known.count === count && known.key === key) return known.lines
  const lines = join()
  newest.set(tail, { first, last, count, key, lines })
  return lines
}

const eventType = (change: TailChange, matches: Selection['matches']): EventType => {
  if (change.type === 'deleted') return 'DELETED'
  if (change.type === 'created') return 'ADDED'
  if (!matches) return 'MODIFIED'
  if (!matches(change.object)) return 'DELETED'
  return matches(change.previousObject!) ? 'MODIFIED' : 'ADDED'
}

const bookmarkObject = ({ definition, info }: ResourceContext, revision: number, initialEventsEnd: boolean): KubeObject =>
  ({
    kind: definition.kind,
    apiVersion: apiVersionOf(info.group, info.version),
    metadata: {
      resourceVersion: String(revision),
      creationTimestamp: null,
      ...(initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    },
  }) as unknown as KubeObject

/** `slot` names what the lines depend on, undefined when this one can't be shared; `represent` is undefined for stored bytes as they are. */
const representer = (
  context: ResourceContext,
  { as, version }: Representation,
): { slot: () => string | undefined; represent: ((object: KubeObject, bookmark?: boolean) => Uint8Array) | undefined } => {
  const json = (value: unknown) => Buffer.from(JSON.stringify(value))
  // Each of them has what it waited for.
  if (context.conversions && as !== 'Table')
    return { slot: () => undefined, represent: as === 'Object' ? json : (object) => json(partialMetadata(object, version)) }
  if (as === 'Object') {
    const { renew } = context.definition
    if (renew) return { slot: () => undefined, represent: json }
    if (!context.servedAs) return { slot: () => 'object', represent: undefined }
    const { group, version } = context.servedAs
    return {
      slot: () => `object ${apiVersionOf(group, version)}`,
      represent: (object, bookmark) => json(bookmark ? object : fromStored(context, object)),
    }
  }
  if (as === 'PartialObjectMetadata') {
    return { slot: () => `partial ${version}`, represent: (object) => json(partialMetadata(object, version)) }
  }
  const { includeObject, ...first } = tableOptions(context, version)
  // Only the first event of a stream carries the columns.
  let { headers } = first
  return {
    slot: () =>
      headers || context.definition.custom
        ? undefined
        : `table ${version} ${includeObject} ${context.info.group}/${context.info.version}`,
    represent: (object, bookmark = false) => {
      const options = { ...tableOptions(context, version), headers }
      headers = false
      const metadata = { resourceVersion: object.metadata.resourceVersion }
      if (!bookmark) return json(table([object], metadata, options))
      // There is nothing to show of it but its metadata.
      const row = { cells: [], object: partialMetadata(object, version) }
      return json({ ...table([], metadata, options), rows: [row] })
    },
  }
}

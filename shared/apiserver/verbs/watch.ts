import { Buffer } from 'node:buffer'
import { ApiError } from '../../meta/status.ts'
import { SlowSubscriber, type TailChange } from '../../storage/log-tail.ts'
import { RevisionExpired } from '../../storage/store.ts'
import type { ResourceContext } from '../context.ts'
import { type ListOptions, listOptionsOf } from '../objects/list-options.ts'
import { selectedPage } from '../objects/selected-page.ts'
import { type Selection, selectionOf } from '../objects/selection.ts'
import { resourceOf } from '../registry.ts'
import { listForms, negotiate, objectForms } from '../represent/negotiate.ts'
import { createEventEncoder, type EventEncoder, framed } from '../represent/watch-event.ts'
import type { ApiResponse } from '../request.ts'

const bookmarkEveryMs = 60_000
const minimumTimeoutSeconds = 1800

export const watchVerb = async (context: ResourceContext): Promise<ApiResponse> => {
  const { request } = context
  const options = listOptionsOf(request, true)
  const selection = selectionOf(context)
  const encoder = createEventEncoder(context, negotiate(request, watchForms))
  const body = events(context, { options, selection, encoder })
  return { status: 200, headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' }, body }
}

const watchForms = new Set([...listForms, ...objectForms])

interface WatchParts {
  readonly options: ListOptions
  readonly selection: Selection
  readonly encoder: EventEncoder
}

async function* events(context: ResourceContext, watch: WatchParts): AsyncGenerator<Uint8Array> {
  const ending = new AbortController()
  const end = () => ending.abort()
  const { clock, random } = context.parts
  const { request } = context
  if (request.signal.aborted) return
  request.signal.addEventListener('abort', end)
  const { timeoutSeconds = minimumTimeoutSeconds + random.integer(minimumTimeoutSeconds) } = watch.options
  void clock.sleep(timeoutSeconds * 1000, ending.signal).then(end)
  try {
    const start = await startOf(context, watch)
    if (start.initial.length > 0) yield Buffer.concat(start.initial)
    yield* changesFrom(context, { ...watch, after: start.after, signal: ending.signal })
  } catch (error) {
    const status = statusOf(error, watch.options.resourceVersion)
    if (!status) throw error
    yield framed('ERROR', Buffer.from(JSON.stringify(status.toStatus())))
  } finally {
    request.signal.removeEventListener('abort', end)
    end()
  }
}

/** What a watcher is told inside the stream, since the answer has begun. */
const statusOf = (error: unknown, wanted: number | undefined): ApiError | undefined => {
  if (error instanceof ApiError) return error
  if (error instanceof RevisionExpired) {
    return new ApiError('Expired', `too old resource version: ${wanted ?? 0} (${error.oldest})`, { cause: error })
  }
  if (error instanceof SlowSubscriber) return new ApiError('Expired', error.message, { cause: error })
  return undefined
}

/** The events that stand for what is there already, and the position they were read at. */
const startOf = async (
  { parts, definition, info }: ResourceContext,
  { options, selection, encoder }: WatchParts,
): Promise<{ initial: Uint8Array[]; after: number }> => {
  const { resourceVersion, sendInitialEvents } = options
  const fromNow = sendInitialEvents === false && (resourceVersion === undefined || resourceVersion === 0)
  if (fromNow) return { initial: [], after: await parts.store.revision() }
  const synthetic = sendInitialEvents ?? (resourceVersion === undefined || resourceVersion === 0)
  if (!synthetic) return { initial: [], after: resourceVersion ?? 0 }
  const page = await selectedPage(parts.store, {
    resource: resourceOf(definition),
    namespace: info.namespace || undefined,
    selection,
    limit: undefined,
    at: undefined,
    after: undefined,
  })
  const initial = page.values.map((value) => encoder.initial(value))
  if (sendInitialEvents) initial.push(encoder.bookmark(page.revision, true))
  return { initial, after: page.revision }
}

async function* changesFrom(
  { parts, definition, info }: ResourceContext,
  watch: WatchParts & { after: number; signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const { options, selection, encoder, after, signal } = watch
  const subscription = parts.logTail.subscribe({
    after,
    resource: resourceOf(definition),
    namespace: info.namespace || undefined,
    accepts: acceptsOf(selection),
    signal,
  })
  const iterator = subscription[Symbol.asyncIterator]()
  const bookmark = () => parts.clock.sleep(bookmarkEveryMs, signal).then(() => undefined)
  let due = options.allowWatchBookmarks ? bookmark() : undefined
  let next = iterator.next()
  try {
    while (!signal.aborted) {
      const result = await (due ? Promise.race([next, due]) : next)
      if (result === undefined) {
        if (signal.aborted) return
        yield encoder.bookmark(subscription.position, false)
        due = bookmark()
        continue
      }
      if (result.done) return
      yield encoder.changes(result.value, selection)
      next = iterator.next()
    }
  } finally {
    subscription.close()
  }
}

const acceptsOf = ({ name, matches }: Selection): ((change: TailChange) => boolean) | undefined => {
  if (name === undefined && !matches) return undefined
  return (change) => {
    if (name !== undefined && change.key.name !== name) return false
    if (!matches) return true
    if (change.type !== 'deleted' && matches(change.object)) return true
    return change.previousObject !== undefined && matches(change.previousObject)
  }
}

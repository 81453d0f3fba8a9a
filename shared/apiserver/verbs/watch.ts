import { Buffer } from 'node:buffer'
import { ApiError } from '../../meta/status.ts'
import { SlowSubscriber, type Subscription, type TailChange } from '../../storage/log-tail.ts'
import { RevisionExpired } from '../../storage/store.ts'
import type { ResourceContext } from '../context.ts'
import { convertedChanges } from '../objects/converted-changes.ts'
import { type ListOptions, listOptionsOf } from '../objects/list-options.ts'
import { selectedPage } from '../objects/selected-page.ts'
import { type Selection, selectionOf } from '../objects/selection.ts'
import { readied } from '../objects/served-version.ts'
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
  const representation = negotiate(request, watchForms)
  if (representation.media === 'yaml') throw notAStream()
  const encoder = createEventEncoder(context, representation)
  const watch = { options, selection, encoder }
  // What is there is read before the answer begins: it is the request's work, and what goes wrong has a status of its own.
  const start = await startOf(context, watch)
  const body = events(context, watch, start)
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' },
    body,
    size: sizeOf(start),
  }
}

const notAStream = () =>
  new ApiError('NotAcceptable', 'only the following media types are accepted: application/json;stream=watch')

const watchForms = new Set([...listForms, ...objectForms])

interface WatchParts {
  readonly options: ListOptions
  readonly selection: Selection
  readonly encoder: EventEncoder
}

const sizeOf = ({ initial }: WatchStart) => initial.reduce((sum, { length }) => sum + length, 0)

interface WatchStart {
  /** taken out when they are sent: a watch may last for hours, and what it began with may be much */
  readonly initial: Uint8Array[]
  readonly after: number
}

async function* events(context: ResourceContext, watch: WatchParts, start: WatchStart): AsyncGenerator<Uint8Array> {
  const ending = new AbortController()
  const end = () => ending.abort()
  const { clock, random } = context.parts
  const { request, conversions } = context
  const { options, selection, encoder } = watch
  if (request.signal.aborted) return
  request.signal.addEventListener('abort', end)
  context.ended?.addEventListener('abort', end)
  const { timeoutSeconds = minimumTimeoutSeconds + random.integer(minimumTimeoutSeconds) } = options
  void clock.sleep(timeoutSeconds * 1000, ending.signal).then(end)
  try {
    const { initial, after } = start
    if (initial.length > 0) yield Buffer.concat(initial.splice(0))
    // All in this one generator: delegating would pass each event of each watcher through one more.
    const subscription = subscribe(context, { selection, after, signal: ending.signal })
    let bookmarkDue = false
    const remind = () =>
      clock.sleep(bookmarkEveryMs, ending.signal).then(() => {
        bookmarkDue = true
        subscription.interrupt()
      })
    if (options.allowWatchBookmarks) void remind()
    for await (const batch of subscription) {
      const changes = conversions ? await convertedChanges(context, batch, selection) : batch
      if (changes.length > 0) yield encoder.changes(changes, selection)
      conversions?.forget()
      if (!bookmarkDue || ending.signal.aborted) continue
      bookmarkDue = false
      yield encoder.bookmark(subscription.position, false)
      void remind()
    }
  } catch (error) {
    const status = statusOf(error, options.resourceVersion)
    if (!status) throw error
    yield framed('ERROR', Buffer.from(JSON.stringify(status.toStatus())))
  } finally {
    request.signal.removeEventListener('abort', end)
    context.ended?.removeEventListener('abort', end)
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
const startOf = async (context: ResourceContext, { options, selection, encoder }: WatchParts): Promise<WatchStart> => {
  const { parts, definition, info } = context
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
  await readied(context, page.values)
  const initial = page.values.map((value) => encoder.initial(value))
  context.conversions?.forget()
  if (sendInitialEvents) initial.push(encoder.bookmark(page.revision, true))
  return { initial, after: page.revision }
}

const subscribe = (
  { parts, definition, info, conversions }: ResourceContext,
  { selection, after, signal }: { selection: Selection; after: number; signal: AbortSignal },
): Subscription =>
  parts.logTail.subscribe({
    after,
    resource: resourceOf(definition),
    namespace: info.namespace || undefined,
    // What has to be converted first can't be looked at when it arrives.
    accepts: acceptsOf(conversions ? { ...selection, matches: undefined } : selection),
    signal,
  })

const acceptsOf = ({ name, matches }: Selection): ((change: TailChange) => boolean) | undefined => {
  if (name === undefined && !matches) return undefined
  return (change) => {
    if (name !== undefined && change.key.name !== name) return false
    if (!matches) return true
    if (change.type !== 'deleted' && matches(change.object)) return true
    return change.previousObject !== undefined && matches(change.previousObject)
  }
}

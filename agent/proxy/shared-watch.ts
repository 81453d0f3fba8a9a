import type { Upstream } from '../../shared/client/upstream.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { WatchRequest } from './watch-request.ts'

export interface Watcher {
  readonly after: number
  readonly bookmarks: boolean
  /** value of its Authorization header */
  readonly authorization: string
  /** The first event, or the knowledge that there is none yet, comes after this. */
  begin(): void
  line(text: string): void
  /** Nothing comes any more. With an answer: instead of a beginning. */
  end(answer?: { readonly status: number; readonly body: string }): void
}

export interface SharedWatchOptions {
  readonly request: Pick<WatchRequest, 'path' | 'query' | 'accept'>
  readonly upstream: Upstream
  readonly clock: Clock
  readonly log: Logger
  /** Nobody watches any more, and it has waited for somebody to come back. */
  readonly onIdle: () => void
  readonly lingerMs?: number | undefined
}

interface KnownEvent {
  readonly revision: number
  readonly text: string
}

const mostEvents = 1000
const mostBytes = 4 * 1024 * 1024
const firstBackoffMs = 250
const longestBackoffMs = 10_000

/** One watch of the API for all that watch the same here. What came lately is kept, for those who begin a little before now. */
export class SharedWatch {
  readonly #options: SharedWatchOptions
  readonly #watchers = new Set<Watcher>()
  readonly #stopped = new AbortController()
  #events: KnownEvent[] = []
  #bytes = 0
  /** everything after this, up to `#position`, is among the events */
  #base: number
  #position: number
  #connected = false
  #running: Promise<void> | undefined
  #linger: NodeJS.Timeout | undefined

  constructor(options: SharedWatchOptions, after: number) {
    this.#options = options
    this.#base = after
    this.#position = after
  }

  /** false: what it wants to begin with is not known any more. */
  join(watcher: Watcher): boolean {
    if (watcher.after < this.#base || this.#stopped.signal.aborted) return false
    clearTimeout(this.#linger)
    this.#watchers.add(watcher)
    this.#running ??= this.#run()
    if (!this.#connected) return true
    watcher.begin()
    this.#replay(watcher)
    return true
  }

  leave(watcher: Watcher): void {
    if (!this.#watchers.delete(watcher) || this.#watchers.size > 0) return
    this.#linger = setTimeout(() => this.stop(), this.#options.lingerMs ?? 30_000)
  }

  stop(): void {
    if (this.#stopped.signal.aborted) return
    clearTimeout(this.#linger)
    this.#stopped.abort()
    this.#endAll()
    this.#options.onIdle()
  }

  #replay(watcher: Watcher) {
    for (const { revision, text } of this.#events) if (revision > watcher.after) watcher.line(text)
  }

  #endAll(answer?: { status: number; body: string }) {
    for (const watcher of this.#watchers) watcher.end(answer)
    this.#watchers.clear()
  }

  async #run() {
    const { clock, log } = this.#options
    const { signal } = this.#stopped
    let backoffMs = firstBackoffMs
    while (!signal.aborted) {
      try {
        const begunMs = clock.now()
        const heard = await this.#follow()
        if (heard || clock.now() - begunMs > longestBackoffMs) backoffMs = firstBackoffMs
      } catch (error) {
        if (!signal.aborted)
          log.warn('shared watch broke, trying again', { path: this.#options.request.path, error: textOf(error) })
      }
      if (this.#watchers.size === 0) return this.stop()
      await clock.sleep(backoffMs, signal)
      backoffMs = Math.min(2 * backoffMs, longestBackoffMs)
    }
  }

  /** Until the API ends it. Answers whether anything came. */
  async #follow(): Promise<boolean> {
    // The newest is the least likely to have expired.
    const watcher = [...this.#watchers].at(-1)
    if (!watcher) return false
    const { request, upstream } = this.#options
    const query = new URLSearchParams(request.query)
    query.set('watch', 'true')
    query.set('allowWatchBookmarks', 'true')
    query.set('resourceVersion', String(this.#position))
    const response = await upstream.send({
      method: 'GET',
      path: `${request.path}?${query}`,
      headers: { accept: request.accept, authorization: watcher.authorization, 'user-agent': 'windlass-agent' },
      signal: this.#stopped.signal,
    })
    const status = response.statusCode ?? 502
    if (status !== 200) {
      const body = await textIn(response)
      if (status >= 500 || status === 429) throw new Error(`the API answered ${status}`)
      this.#refused(watcher, { status, body })
      return false
    }
    if (!this.#connected) {
      this.#connected = true
      for (const each of this.#watchers) each.begin()
    }
    let heard = false
    for await (const line of linesOf(response)) {
      if (line === '') continue
      heard = true
      if (!this.#take(line)) return heard
    }
    return heard
  }

  /** Credentials may be only this watcher's trouble; anything else is everybody's. */
  #refused(watcher: Watcher, answer: { status: number; body: string }) {
    if (answer.status !== 401 && answer.status !== 403) {
      this.#endAll(answer)
      return this.stop()
    }
    this.#watchers.delete(watcher)
    watcher.end(answer)
    if (this.#watchers.size === 0) this.stop()
  }

  /** false: it was the last. */
  #take(text: string): boolean {
    const { type, object } = JSON.parse(text) as { type: string; object?: { metadata?: { resourceVersion?: string } } }
    if (type === 'ERROR') {
      for (const watcher of this.#watchers) watcher.line(text)
      this.stop()
      return false
    }
    const revision = Number(object?.metadata?.resourceVersion ?? 0)
    const isBookmark = type === 'BOOKMARK'
    for (const watcher of this.#watchers) {
      if (revision > watcher.after && (!isBookmark || watcher.bookmarks)) watcher.line(text)
    }
    this.#position = Math.max(this.#position, revision)
    if (!isBookmark) this.#remember({ revision, text })
    return true
  }

  #remember(event: KnownEvent) {
    this.#events.push(event)
    this.#bytes += event.text.length
    while (this.#events.length > mostEvents || this.#bytes > mostBytes) {
      const dropped = this.#events.shift()!
      this.#bytes -= dropped.text.length
      this.#base = dropped.revision
    }
  }
}

async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield rest.toString('utf8', 0, end)
      rest = rest.subarray(end + 1)
    }
  }
}

const textIn = async (stream: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

import { RevisionExpired, RevisionInFuture } from '../store.ts'
import type { Connection } from './connection.ts'
import { blockOf, epochSeconds, type Item, logBlock, logItemKey, numberOf, revisionOfLogItem } from './items.ts'
import { counterKey, readCounter, ttlAttribute } from './table.ts'

/** How long a process may go on what it knows of the log. */
const freshMs = 5 * 60 * 1000
/** How much longer log items stay than they answer; more than `freshMs` and what clocks may differ. */
const keptLongerMs = 60 * 60 * 1000
/** Nobody writes further ahead of what is decided, so this many items into the next block are all there can be behind a gap. */
const window = 200

/**
 * The log is read only as far as it has no gap. A writer takes a revision before it writes, so a gap is a writer under way, or
 * dead: one that stays longer than `gapMs` is filled with a void, under the condition that the writer's own log item has too;
 * a writer that was only slow fails then, knows it, and takes a new revision.
 *
 * A missing item may also be old and gone by its time to live. It is told from a gap by the counter: with each revision taken
 * stands which ones were decided as its taker had seen less than `freshMs` before. What was not decided then is younger than
 * any item that has gone.
 */
export class Log {
  readonly #connection: Connection
  readonly #now: () => number
  readonly #historyMs: number
  readonly #gapMs: number
  /** every revision up to here is decided: its log item stands, or it was void, or it is gone for its age */
  #decided = 0
  #knownAtMs = Number.NEGATIVE_INFINITY

  constructor(options: { connection: Connection; now: () => number; historyMs: number; gapMs: number }) {
    this.#connection = options.connection
    this.#now = options.now
    this.#historyMs = options.historyMs
    this.#gapMs = options.gapMs
  }

  get decided(): number {
    return this.#decided
  }

  /** At least up to the last log item that was there when asked. */
  async revision(): Promise<number> {
    if (!this.#isFresh()) await this.#startFromCounter()
    for (;;) {
      const { more } = await this.#readFromDecided()
      if (!more) return this.#decided
    }
  }

  /** A revision of the caller's own, to be written or made void soon. */
  async take(): Promise<number> {
    if (!this.#isFresh()) await this.revision()
    const taken = await this.#connection.update({
      Key: counterKey,
      UpdateExpression: 'ADD n :one SET #at = :now, decided = :decided',
      ReturnValues: 'UPDATED_OLD',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: {
        ':one': { N: '1' },
        ':now': { N: String(this.#now()) },
        ':decided': { N: String(this.#decided) },
      },
    })
    const revision = numberOf(taken ?? {}, 'n') + 1
    // Who only writes need not read: others have told how far the log is decided.
    this.#decided = Math.max(this.#decided, numberOf(taken ?? {}, 'decided'))
    while (revision - this.#decided > window) await this.#readFromDecided(revision - window)
    return revision
  }

  /** The caller's own revision is written, or void. */
  settled(revision: number): void {
    if (revision === this.#decided + 1) this.#learn(revision)
  }

  /**
   * Log items after a position, without a gap, at least up to the last that was there when asked, unless there are more than a
   * page or `limit`. Throws `RevisionExpired`, `RevisionInFuture`.
   */
  async read(after: number, limit = 1000): Promise<LogPage> {
    const first = await this.#query(after, limit)
    await this.#checkPosition(after, first.items[0])
    return this.#readOn(after, limit, { first })
  }

  /** Puts a void at a revision, unless something stands there; returns whether it was put. */
  async fence(revision: number, atMs = this.#now()): Promise<boolean> {
    return this.#connection.putIfAbsent({ ...logItemKey(revision), type: { S: 'void' }, ...this.age(atMs) })
  }

  /** The attributes of a log item that say when it was written and when it goes. */
  age(atMs: number): Item {
    return { at: { N: String(atMs) }, [ttlAttribute]: epochSeconds(atMs + this.#historyMs + keptLongerMs) }
  }

  /** Drops items up to a revision, before their time. The last stays, marked: who has read less meets it, and learns. */
  async drop(revision: number): Promise<void> {
    const latest = await this.revision()
    if (revision > latest) throw new RevisionInFuture(revision, latest)
    const { oldest } = await readCounter(this.#connection)
    await this.#connection.update({
      Key: counterKey,
      UpdateExpression: 'SET oldest = :revision',
      ConditionExpression: 'oldest < :revision',
      ExpressionAttributeValues: { ':revision': { N: String(revision) } },
    })
    await this.#connection.update({
      Key: logItemKey(revision),
      UpdateExpression: 'SET dropped = :yes',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':yes': { BOOL: true } },
    })
    for (let block = blockOf(oldest); block <= blockOf(revision); block++) {
      const last = Math.min(revision - 1, (block + 1) * logBlock - 1)
      if (blockOf(last) < block) break
      for (let more = true; more; ) {
        const { items, next } = await this.#connection.query({
          KeyConditionExpression: 'pk = :pk AND sk <= :sk',
          ExpressionAttributeValues: { ':pk': logItemKey(last).pk, ':sk': logItemKey(last).sk },
          ProjectionExpression: 'pk, sk',
        })
        await this.#connection.removeAll(items.map((item) => logItemKey(revisionOfLogItem(item))))
        more = next !== undefined
      }
    }
  }

  async #readFromDecided(least = 0): Promise<{ more: boolean }> {
    try {
      return await this.#readOn(this.#decided, 1000, { least })
    } catch (error) {
      if (!(error instanceof RevisionExpired)) throw error
      // Another process dropped history further than this one had read.
      this.#learn(error.oldest)
      return { more: true }
    }
  }

  /** Everything up to `least` was taken before. */
  async #readOn(
    after: number,
    limit: number,
    { first, least = 0 }: { first?: { items: Item[]; more: boolean }; least?: number } = {},
  ): Promise<LogPage> {
    const page = first ?? (await this.#query(after, limit))
    const start = performance.now()
    const target = Math.max(least, page.items.length > 0 ? revisionOfLogItem(page.items.at(-1)!) : after)
    const items: Item[] = []
    /** by revision, behind a gap */
    const behind = new Map<number, Item>()
    let position = after
    const take = (read: readonly Item[]) => {
      for (const item of read) behind.set(revisionOfLogItem(item), item)
      for (let next = behind.get(position + 1); next; next = behind.get(position + 1)) {
        items.push(next)
        behind.delete(++position)
      }
      if (after <= this.#decided && position >= this.#decided) this.#learn(position)
    }
    take(page.items)
    for (let pauseMs = 5; position < target; pauseMs = Math.min(2 * pauseMs, 40)) {
      // Each gap up to the target is as old as this read: who died together does not take a wait for each.
      if (performance.now() - start < this.#gapMs) await new Promise((resolve) => setTimeout(resolve, pauseMs))
      else await this.#fillGap(position + 1)
      let last = position + 1
      while (last < target && !behind.has(last + 1)) last++
      take(await this.#queryGap(position + 1, last))
    }
    return { items, position, more: page.more }
  }

  /** What has come since of a gap, as far as its first block. */
  async #queryGap(first: number, last: number): Promise<Item[]> {
    const { pk, sk } = logItemKey(first)
    const end = logItemKey(Math.min(last, (blockOf(first) + 1) * logBlock - 1))
    const { items } = await this.#connection.query({
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: { ':pk': pk, ':first': sk, ':last': end.sk },
    })
    return items
  }

  async #fillGap(revision: number): Promise<void> {
    const { oldest } = await readCounter(this.#connection)
    if (revision <= oldest) throw new RevisionExpired(revision - 1, oldest)
    await this.fence(revision)
  }

  async #query(after: number, limit: number): Promise<{ items: Item[]; more: boolean }> {
    const next = after + 1
    const { items, next: rest } = await this.#connection.query({
      KeyConditionExpression: 'pk = :pk AND sk >= :sk',
      ExpressionAttributeValues: { ':pk': logItemKey(next).pk, ':sk': logItemKey(next).sk },
      Limit: limit,
    })
    if (rest) return { items, more: true }
    const nextBlock = (blockOf(next) + 1) * logBlock
    if (after + window < nextBlock && items.length === 0) return { items, more: false }
    const last = items.at(-1)
    const reach = last ? revisionOfLogItem(last) : after
    if (reach + window < nextBlock || items.length >= limit) return { items, more: items.length >= limit }
    const further = await this.#connection.query({
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': logItemKey(nextBlock).pk },
      Limit: limit - items.length,
    })
    return { items: [...items, ...further.items], more: further.next !== undefined }
  }

  /** Whether history behind a position is still there. `first` is the first item behind it. */
  async #checkPosition(after: number, first: Item | undefined): Promise<void> {
    const now = this.#now()
    const isHeld = (item: Item) => now - Number(item.at?.N) <= this.#historyMs
    if (first && revisionOfLogItem(first) === after + 1) {
      if (first.dropped) throw new RevisionExpired(after, after + 1)
      if (isHeld(first)) return
      throw new RevisionExpired(after, await this.revision())
    }
    if (after === this.#decided && this.#isFresh()) return
    const { n, atMs, decided, oldest } = await readCounter(this.#connection)
    if (after > n) throw new RevisionInFuture(after, n)
    if (after === n) return
    if (after < oldest) throw new RevisionExpired(after, oldest)
    if (after >= decided && now - atMs <= this.#historyMs) return
    // What was a gap before the counter was read may have been closed since, by one who was slow.
    const next = await this.#connection.get(logItemKey(after + 1))
    if (!next || !isHeld(next)) throw new RevisionExpired(after, await this.revision())
  }

  async #startFromCounter(): Promise<void> {
    const now = this.#now()
    const { n, atMs, decided, oldest } = await readCounter(this.#connection)
    if (now - atMs <= this.#historyMs) {
      this.#learn(Math.max(decided, oldest))
      return
    }
    // Whoever took these is long gone. The voids are as old, so that they never answer for an item that has gone.
    for (let revision = Math.max(decided, oldest) + 1; revision <= n; revision++) await this.fence(revision, atMs)
    this.#learn(n)
  }

  #learn(decided: number): void {
    this.#decided = Math.max(this.#decided, decided)
    this.#knownAtMs = this.#now()
  }

  #isFresh(): boolean {
    return this.#now() - this.#knownAtMs < freshMs
  }
}

export interface LogPage {
  /** voids among them */
  readonly items: Item[]
  readonly position: number
  /** there may be more at once */
  readonly more: boolean
}

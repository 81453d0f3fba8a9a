import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LmdbStore } from '../../../shared/storage/lmdb/open.ts'
import { type LogTail, SlowSubscriber, type Subscription, type TailChange } from '../../../shared/storage/log-tail.ts'
import { RevisionExpired } from '../../../shared/storage/store.ts'
import { openLogTail } from '../../../shared/storage/tail/open.ts'
import { createPod, deletePod, noted, updatePod } from '../../contract/store/objects.ts'
import { type Directory, newDirectory } from './lmdb/directory.ts'

const take = async (subscription: Subscription, count: number): Promise<TailChange[]> => {
  const taken: TailChange[] = []
  for await (const batch of subscription) {
    taken.push(...batch)
    if (taken.length >= count) break
  }
  return taken
}

const revisions = (changes: readonly TailChange[]) => changes.map(({ revision }) => revision)

const failure = async (subscription: Subscription): Promise<unknown> => {
  try {
    for await (const _ of subscription);
  } catch (error) {
    return error
  }
  throw new Error('expected the subscription to fail')
}

describe('log tail', () => {
  let directory: Directory
  let store: LmdbStore
  let tail: LogTail
  beforeEach(async () => {
    directory = await newDirectory()
    store = await directory.open()
    tail = await openLogTail({ store, heldChanges: 20 })
  })
  afterEach(async () => {
    await tail.close()
    await directory.remove()
  })

  const writeMany = async (count: number, namespace = 'default') => {
    const entries = []
    for (let i = 0; i < count; i++) entries.push(await createPod(store, `p${await store.revision()}`, 'new', namespace))
    return entries.map(({ revision }) => revision)
  }

  it('hands each change to every subscriber once, in order', async () => {
    const after = await store.revision()
    const subscriptions = [1, 2, 3].map(() => tail.subscribe({ after }))
    const taking = Promise.all(subscriptions.map((subscription) => take(subscription, 30)))
    const written = await writeMany(30)
    for (const taken of await taking) expect(revisions(taken)).toEqual(written)
  })

  it('repeats nothing to a subscription that has read the store further than the tail, and gives it no bookmark behind that', async () => {
    const after = await store.revision()
    const early = await writeMany(3)
    const behind = await openLogTail({ store, follow: 'never' })
    const unread = await writeMany(5)
    const subscription = behind.subscribe({ after })
    const iterator = subscription[Symbol.asyncIterator]()
    const taken: TailChange[] = []
    while (taken.length < 8) taken.push(...((await iterator.next()).value ?? []))
    expect(revisions(taken)).toEqual([...early, ...unread])
    expect(subscription.position).toBe(unread.at(-1))
    await behind.catchUp()
    const later = await writeMany(1)
    await behind.catchUp()
    expect(revisions((await iterator.next()).value ?? [])).toEqual(later)
    await behind.close()
  })

  it('joins what the store holds, what the tail holds and what comes, without gap or repeat', async () => {
    const after = await store.revision()
    const early = await writeMany(60)
    await tail.catchUp()
    const fromTheStart = tail.subscribe({ after })
    const fromTheMiddle = tail.subscribe({ after: early[49]! })
    const taking = Promise.all([take(fromTheStart, 90), take(fromTheMiddle, 40)])
    const late = await writeMany(30)
    const [whole, half] = await taking
    expect(revisions(whole)).toEqual([...early, ...late])
    expect(revisions(half)).toEqual([...early.slice(50), ...late])
  })

  it('reads what many have missed once for those who stand near each other, a part in a turn of the event loop', async () => {
    const after = await store.revision()
    const early = await writeMany(600)
    await tail.catchUp()
    let turn = 0
    const turnsOfReads: number[] = []
    const counting: Pick<LmdbStore, 'revision' | 'changes' | 'waitForChange'> = {
      revision: () => store.revision(),
      waitForChange: (...options) => store.waitForChange(...options),
      changes: (...options) => {
        turnsOfReads.push(turn)
        return store.changes(...options)
      },
    }
    const read = await openLogTail({ store: counting as LmdbStore, follow: 'never' })
    const starts = Array.from({ length: 200 }, (_, index) => after + index)
    let waiting = starts.length
    const taking = Promise.all(
      starts.map(async (start) => {
        const taken = await take(read.subscribe({ after: start }), 600 - (start - after))
        waiting--
        return revisions(taken)
      }),
    )
    while (waiting > 0) {
      await new Promise((resolve) => setImmediate(resolve))
      turn++
    }
    for (const [index, taken] of (await taking).entries()) expect(taken).toEqual(early.slice(index))
    expect(turnsOfReads.length).toBeLessThan(starts.length)
    expect(new Set(turnsOfReads).size).toBe(turnsOfReads.length)
    await read.close()
  })

  it('wakes many subscribers in turns, so that other work is not held back, and each still sees all in order', async () => {
    const after = await store.revision()
    let woken = 0
    const taking = Array.from({ length: 1000 }, async () => {
      const subscription = tail.subscribe({ after })
      const taken: TailChange[] = []
      for await (const batch of subscription) {
        if (taken.length === 0) woken++
        taken.push(...batch)
        if (taken.length >= 3) break
      }
      return revisions(taken)
    })
    const unwanted = tail.subscribe({ after })
    await tail.catchUp()
    const [first] = await writeMany(1)
    const wokenInEachTurn: number[] = []
    while (woken < 1000) {
      await new Promise((resolve) => setImmediate(resolve))
      if (woken > 0) wokenInEachTurn.push(woken - wokenInEachTurn.reduce((sum, before) => sum + before, 0))
      if (wokenInEachTurn.length === 2) unwanted.close()
    }
    expect(Math.max(...wokenInEachTurn)).toBeLessThan(300)
    const others = await writeMany(2)
    for (const taken of await Promise.all(taking)) expect(taken).toEqual([first, ...others])
  })

  it('ends a wait with an empty batch when interrupted, and forgets no change over it', async () => {
    const after = await store.revision()
    const subscription = tail.subscribe({ after })
    const iterator = subscription[Symbol.asyncIterator]()
    const waiting = iterator.next()
    subscription.interrupt()
    expect(await waiting).toEqual({ done: false, value: [] })
    subscription.interrupt()
    expect(await iterator.next()).toEqual({ done: false, value: [] })
    const next = iterator.next()
    const [written] = await writeMany(1)
    expect(revisions((await next).value!)).toEqual([written])
    subscription.close()
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('waits for a position that the tail has not reached', async () => {
    const [first, second] = await writeMany(3)
    const subscription = tail.subscribe({ after: second! })
    expect(revisions(await take(subscription, 1))).toEqual([second! + 1])
    expect(first).toBeLessThan(second!)
  })

  it('selects by resource, namespace and what the subscriber accepts', async () => {
    const after = await store.revision()
    const key = { resource: 'nodes', namespace: '', name: 'n' }
    const mine = take(tail.subscribe({ after, resource: 'pods', namespace: 'mine' }), 2)
    const nodes = take(tail.subscribe({ after, resource: 'nodes' }), 1)
    const deletions = take(tail.subscribe({ after, accepts: ({ type }) => type === 'deleted' }), 1)
    await createPod(store, 'a', 'new', 'theirs')
    await createPod(store, 'a', 'new', 'mine')
    await store.create(key, noted(key, 'node'))
    await deletePod(store, await createPod(store, 'b', 'new', 'mine'))
    expect((await mine).slice(0, 2).map((change) => change.key.name)).toEqual(['a', 'b'])
    expect((await nodes).map((change) => change.key)).toEqual([key])
    expect((await deletions).map(({ type }) => type)).toEqual(['deleted'])
  })

  it('advances the position of those whom nothing concerns, and never past what was not taken', async () => {
    const after = await store.revision()
    const idle = tail.subscribe({ after, resource: 'nodes' })
    const behind = tail.subscribe({ after })
    const written = await writeMany(5)
    await tail.catchUp()
    expect(idle.position).toBe(written.at(-1))
    expect(behind.position).toBe(written[0]! - 1)
    await take(behind, 5)
    expect(behind.position).toBe(written.at(-1))
  })

  it('ends a subscriber that does not take, and nobody else', async () => {
    const after = await store.revision()
    const slow = tail.subscribe({ after, maxPending: 10 })
    const quick = take(tail.subscribe({ after, maxPending: 10 }), 30)
    const written = await writeMany(30)
    expect(revisions(await quick)).toEqual(written)
    expect(await failure(slow)).toBeInstanceOf(SlowSubscriber)
  })

  it.each([
    ['is too slow', { maxPending: 3 }, () => undefined],
    ['is closed', {}, (subscription: Subscription) => subscription.close()],
    ['is closed with its tail', {}, () => tail.close()],
  ])('gives one that %s no bookmark behind what it has not taken', async (_, options, end) => {
    const after = await store.revision()
    const subscription = tail.subscribe({ after, ...options })
    const [first = 0] = await writeMany(1)
    await tail.catchUp()
    const iterator = subscription[Symbol.asyncIterator]()
    expect(revisions((await iterator.next()).value ?? [])).toEqual([first])
    await writeMany(5)
    await tail.catchUp()
    await end(subscription)
    expect(subscription.position).toBe(first)
    await writeMany(1)
    await tail.catchUp()
    expect(subscription.position).toBe(first)
  })

  it('says that history is gone to who starts too far back', async () => {
    const after = await store.revision()
    await writeMany(40)
    await tail.catchUp()
    await store.compact(await store.revision())
    expect(await failure(tail.subscribe({ after }))).toBeInstanceOf(RevisionExpired)
  })

  describe('of a process that slept while history was dropped', () => {
    let asleep: LogTail
    beforeEach(async () => {
      asleep = await openLogTail({ store, follow: 'never' })
    })
    afterEach(() => asleep.close())

    it('says so to who stood there, and that no more was taken than before', async () => {
      const after = await store.revision()
      const subscription = asleep.subscribe({ after })
      const failed = failure(subscription)
      const [first = 0] = await writeMany(1)
      await asleep.catchUp()
      await writeMany(3)
      await store.compact(await store.revision())
      await asleep.catchUp()
      expect(await failed).toBeInstanceOf(RevisionExpired)
      expect(subscription.position).toBe(first)
    })

    it('goes on with who starts behind it all', async () => {
      await writeMany(3)
      const after = await store.revision()
      await store.compact(after)
      const subscription = asleep.subscribe({ after })
      const wanted = await writeMany(2)
      await asleep.catchUp()
      wanted.push(...(await writeMany(2)))
      await asleep.catchUp()
      expect(revisions(await take(subscription, wanted.length))).toEqual(wanted)
    })
  })

  it('ends without an error when the signal aborts or the tail closes', async () => {
    const abort = new AbortController()
    const aborted = take(tail.subscribe({ after: 1, signal: abort.signal }), 1)
    const closed = take(tail.subscribe({ after: 1 }), 1)
    abort.abort()
    expect(await aborted).toEqual([])
    await tail.close()
    expect(await closed).toEqual([])
    expect(await take(tail.subscribe({ after: 1 }), 1)).toEqual([])
  })

  it('parses an object once and makes each encoding once, for all', async () => {
    const after = await store.revision()
    const both = [1, 2].map(() => take(tail.subscribe({ after }), 2))
    const created = await createPod(store, 'a', 'one')
    await updatePod(store, created, 'two')
    const [first, second] = await Promise.all(both)
    expect(first![1]!.object).toMatchObject({ note: 'two' })
    expect(first![1]!.previousObject).toMatchObject({ note: 'one' })
    expect(first![0]!.previousObject).toBeUndefined()
    expect(second![1]!.object).toBe(first![1]!.object)
    let made = 0
    const encode = () => `encoded ${++made}`
    expect([first, second].map((changes) => changes![1]!.memo('json', encode))).toEqual(['encoded 1', 'encoded 1'])
    expect(first![1]!.memo('table', encode)).toBe('encoded 2')
  })

  it('calls listeners with everything from their start on, and drops one that throws', async () => {
    const seen: number[] = []
    let failures = 0
    tail.listen({
      changes: () => {
        failures++
        throw new Error('broken listener')
      },
      reset: () => undefined,
    })
    const stop = tail.listen({ changes: (changes) => seen.push(...revisions(changes)), reset: () => undefined })
    const written = await writeMany(10)
    await tail.catchUp()
    expect(seen).toEqual(written)
    expect(failures).toBe(1)
    stop()
    await writeMany(1)
    await tail.catchUp()
    expect(seen).toHaveLength(10)
  })
})

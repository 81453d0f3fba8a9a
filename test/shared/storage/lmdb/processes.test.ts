import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StoreUnavailable } from '../../../../shared/storage/store.ts'
import { createPod, pod, rejection } from '../../../contract/store/objects.ts'
import { type Directory, newDirectory } from './directory.ts'

interface Message {
  readonly ready?: number
  readonly created?: number
  readonly seen?: string
  readonly published?: number
}

/** The process beside ours, and what it said so far. */
class Worker {
  readonly process: ChildProcess
  readonly messages: Message[] = []

  constructor(path: string) {
    this.process = fork(new URL('./worker-process.ts', import.meta.url), [path])
    this.process.on('message', (message: Message) => this.messages.push(message))
  }

  async until(wanted: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(wanted)
      if (found) return found
      await once(this.process, 'message')
    }
  }
}

describe('LMDB store shared by processes', () => {
  let directory: Directory
  let worker: Worker | undefined
  beforeEach(async () => {
    directory = await newDirectory()
  })
  afterEach(async () => {
    worker?.process.kill('SIGKILL')
    await directory.remove()
  })

  it('shows each process what the other acknowledged, and wakes it', async () => {
    const heard = new Set<(revision: number) => void>()
    const store = await directory.open({
      notify: {
        publish: (published) => worker?.process.send({ published }),
        subscribe: (listener) => {
          heard.add(listener)
          return () => heard.delete(listener)
        },
      },
    })
    worker = new Worker(directory.path)
    const { process } = worker
    process.on('message', ({ published }: Message) => {
      if (published) for (const listener of heard) listener(published)
    })
    await worker.until(({ ready }) => ready !== undefined)

    await createPod(store, 'from-owner')
    await worker.until(({ seen }) => seen === 'from-owner')

    const before = await store.revision()
    const woken = store.waitForChange(before, AbortSignal.timeout(10_000))
    process.send({ create: 'from-worker' })
    await woken
    const { created } = await worker.until((message) => message.created !== undefined)
    expect(await store.get(pod('from-worker'))).toMatchObject({ revision: created })
  })

  it('wakes the watchers of another process at once, not when they next look', async () => {
    const store = await directory.open({
      notify: { publish: (published) => worker?.process.send({ published }), subscribe: () => () => undefined },
    })
    const other = new Worker(directory.path)
    worker = other
    await other.until(({ ready }) => ready !== undefined)
    const times: number[] = []
    for (let i = 0; i < 9; i++) {
      const start = performance.now()
      await createPod(store, `p${i}`)
      await other.until(({ seen }) => seen === `p${i}`)
      times.push(performance.now() - start)
    }
    // One who only looks now and then has just looked: it would take half a second each time.
    expect(times.sort((a, b) => a - b)[4]).toBeLessThan(300)
  })

  it('gives every write of every process its own revision', async () => {
    const store = await directory.open()
    const other = new Worker(directory.path)
    worker = other
    await other.until(({ ready }) => ready !== undefined)
    const own: Promise<number>[] = []
    for (let i = 0; i < 50; i++) {
      other.process.send({ create: `theirs-${i}` })
      own.push(createPod(store, `ours-${i}`).then(({ revision }) => revision))
    }
    const ours = await Promise.all(own)
    await other.until(() => other.messages.filter(({ created }) => created !== undefined).length === 50)
    const theirs = other.messages.flatMap(({ created }) => (created === undefined ? [] : [created]))
    const { changes } = await store.changes(1)
    expect([...ours, ...theirs].sort((a, b) => a - b)).toEqual(changes.map(({ revision }) => revision))
    expect(changes).toHaveLength(100)
  })

  it('follows the map as it grows in another process', async () => {
    const store = await directory.open()
    const other = new Worker(directory.path)
    worker = other
    await other.until(({ ready }) => ready !== undefined)
    for (let i = 0; i < 40; i++) await createPod(store, `large-${i}`, 'x'.repeat(500_000))
    other.process.send({ create: 'theirs' })
    const { created } = await other.until((message) => message.created !== undefined)
    await other.until(({ seen }) => seen === 'large-39')
    expect(await store.get(pod('theirs'))).toMatchObject({ revision: created })
    expect((await createPod(store, 'after')).revision).toBe(created! + 1)
  })

  it('has one owner, and names it to the second', async () => {
    const store = await directory.open()
    const error = await rejection(directory.open())
    expect(error).toBeInstanceOf(StoreUnavailable)
    expect(String(error)).toContain(`in use by process ${process.pid}`)
    await store.close()
    await directory.open()
  })

  it('is taken over when its owner was killed', async () => {
    const owner = fork(new URL('./owner-process.ts', import.meta.url), [directory.path])
    const [revision] = (await once(owner, 'message')) as [number]
    expect(String(await rejection(directory.open()))).toContain(`in use by process ${owner.pid}`)
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    const store = await directory.open()
    expect(await store.get(pod('kept'))).toMatchObject({ revision })
  })
})

import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isRunning, markedPid, processMark } from '../../platform/process-mark.ts'
import { StoreUnavailable } from '../store.ts'
import { LineSocket } from './line-socket.ts'
import type { WriteQueue } from './write-queue.ts'

/*
 * Nobody may write while another process opens the map: lmdb-js (3.5.6, mdb_env_open2) then sets the last transaction to what it
 * had read of the file before, without a lock, and a commit in between is overwritten by the next. So who opens asks the owner,
 * who lets all pause first. Whoever loses the owner writes no more, since the next owner opens the map without asking.
 */

const socketName = 'owner.sock'
const markPrefix = 'worker.'
const patienceMs = 10_000

/*
 * The words: who comes hears `enter` when all have paused, leaves its mark in the directory and says `marked`; hears `open`, so
 * that the owner was there after the mark, opens, and says `opened`. Whoever owns the directory next sees the mark and waits.
 */

/** The owner's side. */
export const serveGate = async (options: { directory: string; queue: WriteQueue }): Promise<{ close(): Promise<void> }> => {
  const { directory, queue } = options
  const members = new Set<LineSocket>()
  const sockets = new Set<LineSocket>()
  let closing = false
  let admitting = Promise.resolve()

  const ask = async (other: LineSocket, word: string, answer: string) => {
    const heard = other.hear(answer)
    other.send(word)
    await heard
  }
  const admit = async (newcomer: LineSocket) => {
    if (!newcomer.open || closing) return
    await Promise.all([queue.pause(), ...[...members].map((member) => ask(member, 'pause', 'paused'))])
    await ask(newcomer, 'enter', 'marked')
    await ask(newcomer, 'open', 'opened')
    for (const member of members) member.send('resume')
    if (newcomer.open) members.add(newcomer)
    queue.resume()
  }

  const path = socketPath(directory)
  rmSync(path.name, { force: true })
  const server = createServer((socket) => {
    const newcomer = new LineSocket(socket)
    newcomer.unref()
    sockets.add(newcomer)
    void newcomer.closed.then(() => {
      sockets.delete(newcomer)
      members.delete(newcomer)
    })
    admitting = admitting.then(() => admit(newcomer))
  })
  await listen(server, path.name)
  server.unref()
  return {
    close: async () => {
      closing = true
      server.close()
      await Promise.all([...sockets].map((socket) => socket.close()))
      await admitting
      path.release()
    },
  }
}

/** A worker's side: `open` runs while nobody writes, and gives the queue that is to pause for others. */
export const passGate = async <T extends { readonly queue: WriteQueue }>(options: {
  directory: string
  open: () => T
}): Promise<T & { leave(): Promise<void> }> => {
  const { directory, open } = options
  const mark = join(directory, `${markPrefix}${process.pid}`)
  const owner = await enter(directory, mark)
  try {
    const opened = open()
    const { queue } = opened
    owner.on('pause', () => {
      // Writes that wait for the end of the pause keep the process alive.
      owner.ref()
      void queue.pause().then(() => owner.send('paused'))
    })
    owner.on('resume', () => {
      owner.unref()
      queue.resume()
    })
    const left = owner.closed.then(async () => {
      await queue.end(new StoreUnavailable(`the process that owns "${directory}" has ended: start it again`))
      rmSync(mark, { force: true })
    })
    owner.send('opened')
    owner.unref()
    return {
      ...opened,
      leave: async () => {
        await owner.close()
        await left
      },
    }
  } catch (error) {
    // Nobody waits for one that did not open.
    await owner.close()
    rmSync(mark, { force: true })
    throw error
  }
}

/** Before an owner opens the map: those of the last one must have stopped. */
export const awaitNoWorkers = async (directory: string): Promise<void> => {
  const deadline = Date.now() + patienceMs
  for (const name of readdirSync(directory).filter((file) => file.startsWith(markPrefix))) {
    const path = join(directory, name)
    for (let mark = readMark(path); mark !== undefined && isRunning(mark); mark = readMark(path)) {
      if (Date.now() > deadline) throw new StoreUnavailable(`process ${markedPid(mark)} still uses "${directory}": stop it`)
      await delay(20)
    }
    rmSync(path, { force: true })
  }
}

const readMark = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Connected to the owner, marked, and told to open. One that ends in between is looked for anew. */
const enter = async (directory: string, mark: string): Promise<LineSocket> => {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const path = socketPath(directory)
    const owner = new LineSocket(connect(path.name))
    await owner.hear('enter')
    path.release()
    if (owner.open) {
      writeFileSync(mark, processMark(process.pid), { mode: 0o600 })
      const told = owner.hear('open')
      owner.send('marked')
      await told
      if (owner.open) return owner
      rmSync(mark, { force: true })
    }
    if (Date.now() > deadline) throw new StoreUnavailable(`no process owns "${directory}": start it first`)
    await delay(50)
  }
}

/** A socket's address holds about 100 bytes; a longer path is named by its directory's descriptor. */
const socketPath = (directory: string): { name: string; release(): void } => {
  const name = join(directory, socketName)
  if (Buffer.byteLength(name) <= 100) return { name, release: () => undefined }
  const descriptor = openSync(directory, 'r')
  return { name: `/proc/self/fd/${descriptor}/${socketName}`, release: () => closeSync(descriptor) }
}

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })

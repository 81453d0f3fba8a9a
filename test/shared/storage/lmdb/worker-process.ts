import { openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'
import { createPod } from '../../../contract/store/objects.ts'

/** A second process over the same map: tells when it sees a change, and writes when told to. */
const [path = ''] = process.argv.slice(2)
const send = (message: unknown) => process.send?.(message)
const listeners = new Set<(revision: number) => void>()
const store = await openLmdbStore({
  path,
  role: 'worker',
  notify: {
    publish: (revision) => send({ published: revision }),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  },
})
const stop = new AbortController()
process.on('message', async (message: { published?: number; create?: string; stop?: boolean }) => {
  if (message.published) for (const listener of listeners) listener(message.published)
  if (message.create) send({ created: (await createPod(store, message.create)).revision })
  if (message.stop) stop.abort()
})
let position = await store.revision()
send({ ready: position })
while (!stop.signal.aborted) {
  await store.waitForChange(position, stop.signal)
  const { changes, position: reached } = await store.changes(position)
  position = reached
  for (const { key, revision } of changes) send({ seen: key.name, revision })
}
await store.close()
process.disconnect()

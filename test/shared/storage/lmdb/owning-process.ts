import { writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'
import { StoreUnavailable } from '../../../../shared/storage/store.ts'
import { createPod } from '../../../contract/store/objects.ts'

/** Owns the store, for a while at a time, or works beside who does, until it is killed; tells what was acknowledged, and when it opened and is about to close. */
const [path = '', name = '', role = 'worker'] = process.argv.slice(2) as [string, string, 'owner' | 'worker']
const unavailable = (error: unknown) => {
  if (!(error instanceof StoreUnavailable)) throw error
}
const writesAtATime = role === 'owner' ? 20 : Number.POSITIVE_INFINITY
for (let i = 0; ; ) {
  const store = await openLmdbStore({ path, role }).catch(unavailable)
  if (store) writeSync(1, 'opened\n')
  const end = i + writesAtATime
  for (let open = store; open && i < end; ) {
    try {
      const { key, revision } = await createPod(open, `${name}-${i++}`)
      writeSync(1, `${key.name} ${revision}\n`)
    } catch (error) {
      unavailable(error)
      open = undefined
    }
  }
  writeSync(1, 'closing\n')
  await store?.close()
  await delay(5)
}

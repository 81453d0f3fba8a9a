import { writeSync } from 'node:fs'
import { openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'
import { createPod } from '../../../contract/store/objects.ts'

/** Opens the store beside its owner again and again, and writes once each time, until it is killed; tells what was acknowledged. */
const [path = '', name = ''] = process.argv.slice(2)
for (let i = 0; ; i++) {
  const store = await openLmdbStore({ path, role: 'worker' })
  const { key, revision } = await createPod(store, `${name}-${i}`)
  writeSync(1, `${key.name} ${revision}\n`)
  await store.close()
}

import { openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'
import { createPod } from '../../../contract/store/objects.ts'

/** Owns a store until it is killed. */
const store = await openLmdbStore({ path: process.argv[2] ?? '' })
process.send?.((await createPod(store, 'kept')).revision)

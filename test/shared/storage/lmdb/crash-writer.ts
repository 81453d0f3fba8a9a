import { writeSync } from 'node:fs'
import { openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'
import { type Entry, KeyExists, RevisionConflict } from '../../../../shared/storage/store.ts'
import { seededRandom } from '../../../contract/random.ts'
import { noted, pod } from '../../../contract/store/objects.ts'

/** Writes at random until it is killed; each acknowledged write is told on standard output before the next begins. */
const [path = '', seed = '0'] = process.argv.slice(2)
// Short, so that history is dropped too while it is killed.
const store = await openLmdbStore({ path, historySeconds: 60 })
const random = seededRandom(Number(seed))
const acknowledge = ({ key, revision }: Entry, type: string) => writeSync(1, `${type} ${key.name} ${revision}\n`)

const writeOnce = async (): Promise<void> => {
  const key = pod(`p${random.below(40)}`)
  const note = 'x'.repeat(random.below(20_000))
  const current = await store.get(key)
  if (!current) acknowledge(await store.create(key, noted(key, note)), 'created')
  else if (random.next() < 0.3) acknowledge(await store.delete(key, current.revision, noted(key, note)), 'deleted')
  else acknowledge(await store.update(key, current.revision, noted(key, note)), 'updated')
}

const writeForever = async (): Promise<never> => {
  for (;;) {
    try {
      await writeOnce()
    } catch (error) {
      if (!(error instanceof KeyExists || error instanceof RevisionConflict)) throw error
    }
  }
}

const compactForever = async (): Promise<never> => {
  for (;;) {
    await store.sweep()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

writeSync(1, 'ready\n')
await Promise.all([...Array.from({ length: 6 }, writeForever), compactForever()])

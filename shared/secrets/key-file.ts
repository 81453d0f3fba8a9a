import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type DataKey, type DataKeyProvider, DataKeyUnavailable } from './key-provider.ts'

/** JSON: the newest key last. */
interface KeyFile {
  readonly version: 1
  readonly keys: readonly { readonly id: string; readonly key: string }[]
}

/** Keys in a file of this machine (0600), made when first used. Takes Secrets Manager's place. What another process adds is seen at once. */
export const openKeyFile = async (path: string): Promise<DataKeyProvider> => {
  let keys = (await readKeys(path)) ?? (await createKeyFile(path))
  let changedMs = await changeOf(path)
  if (keys.length === 0)
    throw new DataKeyUnavailable(`the key file "${path}" holds no key: put the one back that the data was encrypted with`)
  const refresh = async () => {
    const nowMs = await changeOf(path)
    if (nowMs === changedMs) return
    const read = await readKeys(path)
    // One that is gone or emptied takes nothing away from those who know it.
    if (read?.length) keys = read
    changedMs = nowMs
  }
  const find = (id: string) => keys.find((key) => key.id === id)
  return {
    current: async () => {
      await refresh()
      return keys.at(-1)!
    },
    byId: async (id) => {
      if (!find(id)) await refresh()
      const found = find(id)
      if (found) return found
      const held = keys.map((key) => key.id).join(', ')
      throw new DataKeyUnavailable(
        `the key file "${path}" holds ${held}, not the key ${id}: put the one back that the data was encrypted with`,
      )
    },
  }
}

/** Adds a new key, which values get that are written from now on; the older ones stay for what they encrypted. One at a time: two at once may lose a key. */
export const rotateKeyFile = async (path: string): Promise<void> => {
  const keys = (await readKeys(path)) ?? []
  const draft = await writeDraft(path, [...keys, newKey()])
  await rename(draft, path)
}

/** When the newest key was made; 0: there is no file. */
const changeOf = async (path: string): Promise<number> => {
  try {
    return (await stat(path)).mtimeMs
  } catch (error) {
    if (isCode(error, 'ENOENT')) return 0
    throw error
  }
}

const createKeyFile = async (path: string): Promise<DataKey[]> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = await writeDraft(path, [newKey()])
  try {
    // Not a rename: of two processes that start at once the second takes the first one's key.
    await link(draft, path)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  } finally {
    await rm(draft, { force: true })
  }
  return (await readKeys(path)) ?? []
}

const readKeys = async (path: string): Promise<DataKey[] | undefined> => {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return undefined
    throw new DataKeyUnavailable(`can't read the key file "${path}"`, { cause })
  }
  if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600)
  const file = parseKeyFile(text)
  if (!file) throw new DataKeyUnavailable(`"${path}" is not a key file: put the one back that the data was encrypted with`)
  return file
}

const parseKeyFile = (text: string): DataKey[] | undefined => {
  let file: Partial<KeyFile> | null
  try {
    file = JSON.parse(text) as Partial<KeyFile> | null
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  if (file?.version !== 1 || !Array.isArray(file.keys)) return undefined
  const keys = (file as KeyFile).keys.map(({ key }) => dataKey(Buffer.from(String(key), 'base64')))
  const sound = keys.every(({ id, key }, i) => key.length === 32 && id === (file as KeyFile).keys[i]?.id)
  return sound ? keys : undefined
}

const writeDraft = async (path: string, keys: readonly DataKey[]): Promise<string> => {
  // Two opens of one process may meet here as well.
  const draft = `${path}.${randomUUID()}`
  const content: KeyFile = { version: 1, keys: keys.map(({ id, key }) => ({ id, key: Buffer.from(key).toString('base64') })) }
  await using file = await open(draft, 'w', 0o600)
  await file.writeFile(JSON.stringify(content, undefined, 2))
  await file.sync()
  return draft
}

const newKey = (): DataKey => dataKey(randomBytes(32))

/** Says which key it is without saying what it is. */
const dataKey = (key: Uint8Array): DataKey => ({ id: createHash('sha256').update(key).digest('hex').slice(0, 12), key })

const isCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code

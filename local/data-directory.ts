import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { removeTree } from '../agent/files/remove-tree.ts'

/** What is known of a cluster before its store is opened; `cluster.json` in its directory. */
export interface ClusterRecord {
  readonly format: typeof format
  /** tells the cluster's containers and networks from others' */
  readonly id: string
  readonly createdAt: string
  /** of the last start */
  readonly runtime: 'docker' | 'simulated'
  readonly nodes: number
  readonly server: string
  readonly kubeconfig: string | undefined
  /** which context of that file was the current one before ours */
  readonly previousContext?: string | undefined
  /** undefined: of a cluster that was made when there was no choice */
  readonly podCidr?: string | undefined
  readonly serviceCidr?: string | undefined
  /** of the Docker engine that we started, undefined when it was there already */
  readonly enginePid?: number | undefined
}

const format = 'windlass/1'
const recordFile = 'cluster.json'

/** The directory can't be used; nothing was written. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'
}

export interface DataDirectory {
  readonly path: string
  readonly store: string
  readonly pki: string
  readonly secretsKey: string
  readonly logs: string
  node(name: string): string
}

const layout = (path: string): DataDirectory => ({
  path,
  store: join(path, 'store'),
  pki: join(path, 'pki'),
  secretsKey: join(path, 'secrets.key'),
  logs: join(path, 'logs'),
  node: (name) => join(path, 'nodes', name),
})

/** The record of the cluster in `path`, or undefined where nothing is. Throws DataDirectoryError when something else is there. */
export const readRecord = async (path: string): Promise<ClusterRecord | undefined> => {
  const file = join(path, recordFile)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOTDIR') throw new DataDirectoryError(`${path} is a file; name a directory with --data-dir`, { cause: error })
    if (code !== 'ENOENT') throw error
    if ((await listIfThere(path)).length === 0) return undefined
    throw new DataDirectoryError(`${path} is not empty and is not a Windlass cluster's; name another directory with --data-dir`)
  }
  const record = parseRecord(file, text)
  if (record.format !== format) {
    throw new DataDirectoryError(`${path} was made by another version (${record.format}); this one reads ${format}`)
  }
  return record
}

/** Makes the directory when it is not there. Throws DataDirectoryError when it is another's or another version's. */
export const openDataDirectory = async (
  path: string,
): Promise<{ directory: DataDirectory; record: ClusterRecord | undefined }> => {
  const record = await readRecord(path)
  const directory = layout(path)
  await mkdir(path, { recursive: true, mode: 0o700 })
  await mkdir(directory.pki, { recursive: true, mode: 0o700 })
  await mkdir(directory.logs, { recursive: true })
  return { directory, record }
}

export const newRecord = (values: Omit<ClusterRecord, 'format' | 'id' | 'createdAt'>): ClusterRecord => ({
  format,
  id: randomUUID().slice(0, 8),
  createdAt: new Date().toISOString(),
  ...values,
})

export const writeRecord = async (path: string, record: ClusterRecord): Promise<void> => {
  const file = join(path, recordFile)
  await writeFile(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`)
  await rename(`${file}.new`, file)
}

/** Changes what the record says of these. */
export const updateRecord = async (path: string, changes: Partial<ClusterRecord>): Promise<void> => {
  const record = await readRecord(path)
  if (record) await writeRecord(path, { ...record, ...changes })
}

/** The record goes last: a removal that was cut short can be taken up again. What is mounted below is never walked into: it throws. */
export const removeDataDirectory = async (path: string): Promise<void> => {
  for (const name of await listIfThere(path)) if (name !== recordFile) await removeOne(path, name)
  await removeOne(path, recordFile)
  await rmdir(path)
}

/** Elsewhere nothing is ever mounted there, and there is no way to tell. */
const removeOne = (path: string, name: string): Promise<void> =>
  process.platform === 'linux' ? removeTree(path, name) : rm(join(path, name), { recursive: true, force: true })

const parseRecord = (file: string, text: string): ClusterRecord => {
  try {
    return JSON.parse(text) as ClusterRecord
  } catch (cause) {
    throw new DataDirectoryError(`${file} is damaged: it is not JSON; restore it, or remove the directory`, { cause })
  }
}

const listIfThere = async (path: string): Promise<string[]> => {
  try {
    return await readdir(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

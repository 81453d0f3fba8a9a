import { randomUUID } from 'node:crypto'
import { codeOf, Folder } from '../files/folder.ts'
import { removeTree } from '../files/remove-tree.ts'

export interface VolumeFile {
  readonly content: Buffer
  readonly mode: number
  /** owner; root when undefined */
  readonly uid?: number | undefined
}

export interface AtomicWriteOptions {
  readonly dir: string
  /** by path relative to the volume */
  readonly files: ReadonlyMap<string, VolumeFile>
  readonly fsGroup?: number | undefined
  /** folders, relative to the volume, on which something else is mounted: they are made and stay */
  readonly mountPoints?: readonly string[] | undefined
}

const link = '..data'
const temporaryLink = '..data_tmp'
/** Folders of the writer's own making: `..2026_11_27_18_40_12_0000000000.1a2b3c4d` */
const ownName = /^\.\.\d{4}_[\d_.]+\.[\da-f]{8}$/

/**
 * Shows files in a folder so that a reader sees either all of the old ones or all of the new ones: they stand in a folder of
 * their own, `..data` points to it and each name points through `..data`. Does nothing when nothing changed. What stands in the folder
 * is never believed: nothing is followed but folders of the writer's own, and those by descriptor.
 */
export const writeAtomically = async (options: AtomicWriteOptions): Promise<void> => {
  const { dir, files } = options
  await using volume = await Folder.open(dir)
  const current = await volume.readlink(link).catch(() => '')
  if (ownName.test(current) && (await shows(volume, current, files))) {
    // A writer that was ended half-way has left names that are not there yet.
    await finish(volume, current, options)
    return
  }
  const fresh = `..${new Date().toISOString().replaceAll(/[-:TZ]/g, '_')}.${randomUUID().slice(0, 8)}`
  await writeFolder(volume, fresh, options)
  await removeTree(dir, temporaryLink)
  await volume.symlink(fresh, temporaryLink)
  await replaceLink(volume, dir)
  await finish(volume, fresh, options)
}

/** Names for what is in the current folder, and an end to the folders before it. */
const finish = async (volume: Folder, current: string, options: AtomicWriteOptions) => {
  const { dir, files } = options
  const wanted = new Set([...files.keys()].map((path) => normalized(path).split('/')[0]!))
  const mountPoints = (options.mountPoints ?? [])
    .map((path) => path.split('/'))
    .filter(([first = '']) => !wanted.has(first) && !first.startsWith('..'))
  await linkNames(volume, dir, { wanted, kept: new Set(mountPoints.map(([first = '']) => first)) })
  for (const steps of mountPoints) await makeFolders(volume, steps, options)
  for (const name of await volume.names()) {
    if (ownName.test(name.toString()) && name.toString() !== current) await removeTree(dir, name)
  }
}

const makeFolders = async (parent: Folder, [name, ...rest]: readonly string[], options: AtomicWriteOptions): Promise<void> => {
  if (name === undefined) return
  await using folder = await folderIn(parent, name, options)
  await makeFolders(folder, rest, options)
}

const folderIn = (parent: Folder, name: string, options: AtomicWriteOptions): Promise<Folder> =>
  parent.folder(name).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error
    return newFolder(parent, name, options)
  })

const writeFolder = async (volume: Folder, name: string, options: AtomicWriteOptions) => {
  await using folder = await newFolder(volume, name, options)
  for (const [path, file] of options.files) {
    await writeOne(folder, normalized(path).split('/'), file, options)
  }
}

const newFolder = async (parent: Folder, name: string, { fsGroup }: AtomicWriteOptions): Promise<Folder> => {
  const folder = await parent.newFolder(name, 0o755)
  if (fsGroup !== undefined) {
    await folder.handle.chown(0, fsGroup)
    await folder.handle.chmod(0o2755)
  }
  return folder
}

const writeOne = async (folder: Folder, steps: readonly string[], file: VolumeFile, options: AtomicWriteOptions) => {
  const [name = '', ...rest] = steps
  if (rest.length > 0) {
    await using below = await folderIn(folder, name, options)
    await writeOne(below, rest, file, options)
    return
  }
  const { content, mode, uid } = file
  const { fsGroup } = options
  const handle = await folder.newFile(name)
  try {
    await handle.writeFile(content)
    if (uid !== undefined || fsGroup !== undefined) await handle.chown(uid ?? 0, fsGroup ?? 0)
    // The volume is read-only: its group reads what the owner reads, and writes nothing.
    await handle.chmod(fsGroup === undefined ? mode : mode | 0o440)
  } finally {
    await handle.close()
  }
}

/** rename(2) does not put a link in the place of a folder. */
const replaceLink = async (volume: Folder, dir: string) => {
  try {
    await volume.rename(temporaryLink, link)
  } catch (error) {
    if (codeOf(error) !== 'EISDIR') throw error
    await removeTree(dir, link)
    await volume.rename(temporaryLink, link)
  }
}

const linkNames = async (
  volume: Folder,
  dir: string,
  { wanted, kept }: { wanted: ReadonlySet<string>; kept: ReadonlySet<string> },
) => {
  for (const bytes of await volume.names()) {
    const name = bytes.toString()
    if (name.startsWith('..') || (kept.has(name) && (await volume.lstat(bytes)).isDirectory())) continue
    const right = wanted.has(name) && (await volume.readlink(bytes).catch(() => '')) === `${link}/${name}`
    if (!right) await removeTree(dir, bytes)
  }
  for (const name of wanted) {
    await volume.symlink(`${link}/${name}`, name).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
  }
}

/** Whether the folder holds these files and no others. */
const shows = async (volume: Folder, name: string, files: ReadonlyMap<string, VolumeFile>): Promise<boolean> => {
  try {
    await using folder = await volume.folder(name)
    const left = new Set([...files.keys()].map(normalized))
    for (const [path, file] of files) if (!(await holds(folder, normalized(path).split('/'), file.content))) return false
    return await hasOnly(folder, left, '')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error) ?? '')) return false
    throw error
  }
}

const normalized = (path: string) =>
  path
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .join('/')

const holds = async (folder: Folder, [name = '', ...rest]: readonly string[], content: Buffer): Promise<boolean> => {
  if (rest.length > 0) {
    await using below = await folder.folder(name)
    return await holds(below, rest, content)
  }
  const handle = await folder.file(name)
  try {
    const info = await handle.stat()
    return info.isFile() && info.size === content.length && content.equals(await handle.readFile())
  } finally {
    await handle.close()
  }
}

const hasOnly = async (folder: Folder, paths: ReadonlySet<string>, prefix: string): Promise<boolean> => {
  for (const bytes of await folder.names()) {
    const path = `${prefix}${bytes}`
    if (paths.has(path)) continue
    if (![...paths].some((each) => each.startsWith(`${path}/`))) return false
    await using below = await folder.folder(bytes)
    if (!(await hasOnly(below, paths, `${path}/`))) return false
  }
  return true
}

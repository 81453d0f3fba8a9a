import { randomUUID } from 'node:crypto'
import { chmod, chown, lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

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
}

const link = '..data'

/**
 * Shows files in a folder so that a reader sees either all of the old ones or all of the new ones: they stand in a folder of
 * their own, `..data` points to it and each name points through `..data`. Does nothing when nothing changed.
 */
export const writeAtomically = async (options: AtomicWriteOptions): Promise<void> => {
  const { dir, files } = options
  const current = await readlink(join(dir, link)).catch(() => undefined)
  if (current !== undefined && (await sameFiles(join(dir, current), files))) return
  const fresh = `..${new Date().toISOString().replaceAll(/[-:TZ]/g, '_')}${randomUUID().slice(0, 8)}`
  const freshDir = join(dir, fresh)
  await mkdir(freshDir, { mode: 0o755 })
  for (const [path, file] of files) await writeOne(join(freshDir, path), file, options)
  const temporary = join(dir, '..data_tmp')
  await rm(temporary, { force: true })
  await symlink(fresh, temporary)
  await rename(temporary, join(dir, link))
  await linkNames(dir, new Set([...files.keys()].map((path) => path.split('/')[0]!)))
  if (current !== undefined) await rm(join(dir, current), { recursive: true, force: true })
}

const writeOne = async (path: string, { content, mode, uid }: VolumeFile, { fsGroup }: AtomicWriteOptions) => {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  await writeFile(path, content)
  // A group that is to read gets the rights of the owner, as fsGroup says.
  await chmod(path, fsGroup === undefined ? mode : mode | ((mode & 0o600) >> 3))
  if (uid !== undefined || fsGroup !== undefined) await chown(path, uid ?? 0, fsGroup ?? 0)
}

const linkNames = async (dir: string, names: ReadonlySet<string>) => {
  const present = (await readdir(dir)).filter((name) => !name.startsWith('..'))
  for (const name of present) if (!names.has(name)) await rm(join(dir, name), { force: true })
  for (const name of names) if (!present.includes(name)) await symlink(join(link, name), join(dir, name))
}

const sameFiles = async (dir: string, files: ReadonlyMap<string, VolumeFile>): Promise<boolean> => {
  const paths = await pathsBelow(dir)
  if (paths.length !== files.size) return false
  for (const path of paths) {
    const wanted = files.get(path)
    if (!wanted?.content.equals(await readFile(join(dir, path)))) return false
  }
  return true
}

const pathsBelow = async (dir: string, prefix = ''): Promise<string[]> => {
  const names = await readdir(dir).catch(() => [])
  const found = await Promise.all(
    names.map(async (name) => {
      const info = await lstat(join(dir, name))
      return info.isDirectory() ? pathsBelow(join(dir, name), `${prefix}${name}/`) : [`${prefix}${name}`]
    }),
  )
  return found.flat()
}

import { constants, type Stats } from 'node:fs'
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rmdir,
  symlink,
  unlink,
} from 'node:fs/promises'

/** open(2): only a name for what is there; nothing is read, no device or pipe is woken. Node.js has no word for it. */
export const O_PATH = 0o10000000
const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

/** One component of a path; bytes where it need not be UTF-8. */
export type Name = string | Buffer

/**
 * A folder held by its descriptor. What is done in it is done in that very folder, whatever its path leads to by now: the way to touch
 * files that a container can exchange. A name is one component and is never followed when it is a link.
 */
export class Folder {
  readonly handle: FileHandle

  constructor(handle: FileHandle) {
    this.handle = handle
  }

  /** By path: for folders whose parents belong to the agent alone. Throws ENOTDIR when its last component is a link. */
  static async open(path: string): Promise<Folder> {
    return new Folder(await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
  }

  /** A path that means this folder, to this process only. */
  get path(): string {
    return `/proc/self/fd/${this.handle.fd}`
  }

  at(name: Name): Buffer {
    const bytes = typeof name === 'string' ? Buffer.from(name) : name
    if (bytes.length === 0 || bytes.includes('/') || bytes.equals(Buffer.from('.')) || bytes.equals(Buffer.from('..'))) {
      throw new Error(`"${bytes}" is not one component of a path`)
    }
    return Buffer.concat([Buffer.from(`${this.path}/`), bytes])
  }

  /** Throws ENOTDIR for a link. */
  async folder(name: Name): Promise<Folder> {
    return new Folder(await open(this.at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
  }

  /** A name for whatever is there, links included. */
  name(name: Name): Promise<FileHandle> {
    return open(this.at(name), O_PATH | O_NOFOLLOW)
  }

  /** Throws ELOOP for a link. A pipe without a writer reads as empty. */
  file(name: Name): Promise<FileHandle> {
    return open(this.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  }

  /** Throws EEXIST when something is there. */
  newFile(name: Name): Promise<FileHandle> {
    return open(this.at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  }

  /** Throws EEXIST when something is there; the mode is as given, whatever the process' umask. */
  async newFolder(name: Name, mode: number): Promise<Folder> {
    await mkdir(this.at(name), 0o700)
    const made = await this.folder(name)
    await made.handle.chmod(mode)
    return made
  }

  names(): Promise<Buffer[]> {
    return readdir(this.path, { encoding: 'buffer' })
  }

  readlink(name: Name): Promise<string> {
    return readlink(this.at(name))
  }

  symlink(target: string, name: Name): Promise<void> {
    return symlink(target, this.at(name))
  }

  lstat(name: Name): Promise<Stats> {
    return lstat(this.at(name))
  }

  /** Puts something in the place of what `target` names in the other folder. */
  rename(name: Name, target: Name, folder: Folder = this): Promise<void> {
    return rename(this.at(name), folder.at(target))
  }

  unlink(name: Name): Promise<void> {
    return unlink(this.at(name))
  }

  rmdir(name: Name): Promise<void> {
    return rmdir(this.at(name))
  }

  /** Which mount the folder lies in: two folders of one file system can lie in different ones. */
  async mountId(): Promise<string> {
    return /^mnt_id:\s*(\d+)$/m.exec(await readFile(`/proc/self/fdinfo/${this.handle.fd}`, 'utf8'))?.[1] ?? ''
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handle.close()
  }
}

/** What a system call said: `ENOENT`. */
export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code

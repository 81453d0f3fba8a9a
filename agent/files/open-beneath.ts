import { type FileHandle, open } from 'node:fs/promises'
import { codeOf, Folder, O_PATH } from './folder.ts'

/** The path leads out of the folder that it has to stay in, or goes in circles. */
export class EscapeError extends Error {
  override readonly name = 'EscapeError'
}

export interface OpenBeneathOptions {
  /** of folders that are missing and are made; undefined: none is made, a missing one throws ENOENT */
  readonly makeWithMode?: number | undefined
}

const mostLinks = 40
const mostLevels = 255

/**
 * Opens what `path` names below the folder `root`, component by component, each from the descriptor of the one before: links are
 * resolved here, and whoever exchanges one meanwhile gets no further than the folder. The handle is only a name (O_PATH): mount or
 * stat it by `/proc/self/fd/N`. Throws EscapeError for what leads out, by `..` or by an absolute link.
 */
export const openBeneath = async (root: string, path: string, options: OpenBeneathOptions = {}): Promise<FileHandle> => {
  const leadsOut = () => new EscapeError(`"${path}" leads out of its folder`)
  const levels = [await Folder.open(root)]
  const rest = path.split('/').filter(isStep)
  let links = 0
  try {
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      if (name === '..') {
        const left = levels.length > 1 ? levels.pop() : undefined
        if (!left) throw leadsOut()
        await left.handle.close()
        continue
      }
      const parent = levels.at(-1)!
      const handle = await openStep(parent, name, options)
      let kept = false
      try {
        const info = await handle.stat()
        if (info.isSymbolicLink()) {
          if (++links > mostLinks) throw new EscapeError(`"${path}" has more than ${mostLinks} links`)
          const target = await parent.readlink(name)
          if (target.startsWith('/')) throw leadsOut()
          rest.unshift(...target.split('/').filter(isStep))
        } else if (info.isDirectory()) {
          if (levels.length > mostLevels) throw new EscapeError(`"${path}" has more than ${mostLevels} levels`)
          levels.push(new Folder(handle))
          kept = true
        } else {
          if (rest.length > 0) throw Object.assign(new Error(`"${name}" in "${path}" is not a directory`), { code: 'ENOTDIR' })
          kept = true
          return handle
        }
      } finally {
        if (!kept) await handle.close()
      }
    }
    return levels.pop()!.handle
  } finally {
    await Promise.all(levels.map(({ handle }) => handle.close()))
  }
}

const isStep = (component: string) => component !== '' && component !== '.'

const openStep = async (parent: Folder, name: string, { makeWithMode }: OpenBeneathOptions): Promise<FileHandle> => {
  try {
    return await parent.name(name)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || makeWithMode === undefined) throw error
  }
  const made = await parent.newFolder(name, makeWithMode)
  try {
    // A descriptor that is only a name, as those of the folders that were there.
    return await open(`${made.path}/.`, O_PATH)
  } finally {
    await made.handle.close()
  }
}

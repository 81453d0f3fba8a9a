import { codeOf, Folder, type Name } from './folder.ts'

/** Deeper than this nobody is followed: what lies there is moved up first, so that neither descriptors nor paths run out. */
const deepest = 32

/**
 * Removes what `name` is in the folder `parent`, and all below it. Follows no link and enters no other mount: something that is still
 * mounted there stays whole, and is said by an error. What is not there is fine.
 */
export const removeTree = async (parent: string, name: Name): Promise<void> => {
  let above: Folder
  try {
    above = await Folder.open(parent)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  await using folder = above
  if (await unlinked(folder, name)) return
  await using top = await folder.folder(name)
  const mount = await folder.mountId()
  await mustBeIn(top, mount, name)
  const tree: Tree = { top, mount, moved: 0 }
  do {
    tree.moved = 0
    await empty(top, tree, 0)
  } while (tree.moved > 0)
  await folder.rmdir(name)
}

interface Tree {
  readonly top: Folder
  readonly mount: string
  /** folders that were moved up and are to be emptied in another round */
  moved: number
}

const empty = async (folder: Folder, tree: Tree, depth: number): Promise<void> => {
  for (const name of await folder.names()) {
    if (await unlinked(folder, name)) continue
    await using child = await folder.folder(name)
    await mustBeIn(child, tree.mount, name)
    if (depth >= deepest) {
      await folder.rename(name, `..deep-${process.hrtime.bigint()}`, tree.top)
      tree.moved++
      continue
    }
    await empty(child, tree, depth + 1)
    await folder.rmdir(name)
  }
}

/** false: it is a folder */
const unlinked = async (folder: Folder, name: Name): Promise<boolean> => {
  try {
    await folder.unlink(name)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true
    if (codeOf(error) === 'EISDIR') return false
    throw error
  }
}

const mustBeIn = async (folder: Folder, mount: string, name: Name) => {
  if ((await folder.mountId()) !== mount) throw new Error(`"${name}" is still mounted, it is not removed`)
}

import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, isBuilt } from './docker.ts'

/** Keeps what was downloaded for images. */
export const cache = fileURLToPath(new URL('../../node_modules/.cache/windlass-example', import.meta.url))

export interface Recipe {
  readonly name: string
  /** files and folders that the image is made by and from: when one changes, it is made again */
  readonly sources: readonly URL[]
  /** Lays a Dockerfile and all it copies into the folder. */
  lay(context: string): void | Promise<void>
}

/** Makes the images that the local engine does not have yet, with no registry of images. */
export async function buildRecipes(recipes: readonly Recipe[], log: (line: string) => void): Promise<void> {
  mkdirSync(cache, { recursive: true })
  for (const { name, sources, lay } of recipes) {
    const digest = digestOf(sources.map((source) => fileURLToPath(source)))
    if (await isBuilt(name, digest)) continue
    const context = mkdtempSync(join(tmpdir(), 'windlass-example-'))
    try {
      log(`making the image ${name} …`)
      await lay(context)
      await build({ name, context, digest })
    } finally {
      rmSync(context, { recursive: true, force: true })
    }
  }
}

function digestOf(paths: readonly string[]): string {
  const hash = createHash('sha256').update(process.version)
  const add = (path: string, name: string): void => {
    if (lstatSync(path).isDirectory()) for (const entry of readdirSync(path).sort()) add(join(path, entry), `${name}/${entry}`)
    else hash.update(name).update(readFileSync(path))
  }
  for (const [index, path] of paths.entries()) add(path, String(index))
  return hash.digest('hex').slice(0, 16)
}

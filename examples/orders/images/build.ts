import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, isBuilt } from './docker.ts'
import { layNode } from './node.ts'
import { layOrders } from './orders.ts'
import { layPostgres } from './postgres.ts'

const example = fileURLToPath(new URL('..', import.meta.url))
const cache = fileURLToPath(new URL('../../../node_modules/.cache/windlass-example', import.meta.url))
const base = 'mycompany/node:24'

interface Recipe {
  readonly name: string
  lay(context: string): void | Promise<void>
}

const recipes: readonly Recipe[] = [
  { name: base, lay: (context) => layNode(context, cache) },
  { name: 'mycompany/orders-service:1.0', lay: (context) => layOrders(context, { base, version: '1.0' }) },
  { name: 'mycompany/orders-service:2.0', lay: (context) => layOrders(context, { base, version: '2.0' }) },
  { name: 'mycompany/postgres:debian', lay: (context) => layPostgres(context, cache) },
]

/** Makes the images that the local engine does not have yet, with no registry of images. */
export async function buildImages(log: (line: string) => void): Promise<void> {
  const digest = sourceDigest()
  mkdirSync(cache, { recursive: true })
  for (const { name, lay } of recipes) {
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

function sourceDigest(): string {
  const hash = createHash('sha256').update(process.version)
  for (const folder of ['images', 'service']) {
    for (const name of readdirSync(join(example, folder)).sort())
      hash.update(name).update(readFileSync(join(example, folder, name)))
  }
  return hash.digest('hex').slice(0, 16)
}

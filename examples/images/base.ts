import { cache, type Recipe } from './build.ts'
import { layNode } from './node.ts'

/** Node.js and a shell: what the examples' own services are laid on. */
export const base: Recipe = {
  name: 'mycompany/node:24',
  sources: ['debian.ts', 'node.ts', 'root.ts'].map((name) => new URL(name, import.meta.url)),
  lay: (context) => layNode(context, cache),
}

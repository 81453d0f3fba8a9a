import { base } from '../../images/base.ts'
import { buildRecipes, cache, type Recipe } from '../../images/build.ts'
import { layPostgres } from '../../images/postgres.ts'
import { layService } from './service.ts'

const images = new URL('../../images/', import.meta.url)

const service = (version: string): Recipe => ({
  name: `mycompany/orders-service:${version}`,
  sources: [new URL('../service', import.meta.url), new URL('service.ts', import.meta.url), ...base.sources],
  lay: (context) => layService(context, { base: base.name, version }),
})

const recipes: readonly Recipe[] = [
  base,
  service('1.0'),
  service('2.0'),
  {
    name: 'mycompany/postgres:debian',
    sources: ['debian.ts', 'postgres.ts', 'root.ts', 'start-postgres.sh'].map((name) => new URL(name, images)),
    lay: (context) => layPostgres(context, cache),
  },
]

export const buildImages = (log: (line: string) => void): Promise<void> => buildRecipes(recipes, log)

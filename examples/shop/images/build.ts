import { base } from '../../images/base.ts'
import { buildRecipes, type Recipe } from '../../images/build.ts'
import { type DebianServer, layDebianServer } from './debian-server.ts'
import { layPatroni } from './patroni.ts'
import { layService } from './service.ts'

const shared = (...names: string[]) => names.map((name) => new URL(`../../images/${name}`, import.meta.url))
const own = (...names: string[]) => names.map((name) => new URL(name, import.meta.url))

const service = (name: string): Recipe => ({
  name: `mycompany/shop-${name}:1.0`,
  sources: [...own(`../services/${name}`, '../services/platform', 'service.ts'), ...base.sources],
  lay: (context) => layService(context, { base: base.name, name }),
})

const server = (name: string, options: DebianServer): Recipe => ({
  name: `mycompany/${name}:debian`,
  sources: [...own('build.ts', 'debian-server.ts'), ...shared('debian.ts', 'root.ts')],
  lay: (context) => layDebianServer(context, options),
})

const recipes: readonly Recipe[] = [
  base,
  ...['web', 'gateway', 'user', 'order', 'inventory'].map(service),
  {
    name: 'mycompany/patroni:debian',
    sources: [...own('patroni.ts'), ...shared('debian.ts', 'postgres.ts', 'root.ts')],
    lay: layPatroni,
  },
  server('redis', { user: 'redis', packages: ['redis-server', 'redis-sentinel'], data: 'data' }),
  server('nats', { user: 'nats', packages: ['nats-server'], data: 'data' }),
]

export const buildImages = (log: (line: string) => void): Promise<void> => buildRecipes(recipes, log)

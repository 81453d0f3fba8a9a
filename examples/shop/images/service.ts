import { cpSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const services = fileURLToPath(new URL('../services', import.meta.url))
const postgresClient = dirname(dirname(fileURLToPath(import.meta.resolve('postgres'))))

/** A service's sources as they are, with the platform that all of them stand on: Node.js runs TypeScript. */
export function layService(context: string, { base, name }: { readonly base: string; readonly name: string }): void {
  const app = join(context, 'app')
  for (const folder of ['platform', name]) cpSync(join(services, folder), join(app, folder), { recursive: true })
  for (const part of ['package.json', 'src'])
    cpSync(join(postgresClient, part), join(app, 'node_modules/postgres', part), { recursive: true })
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }\n')
  writeFileSync(
    join(context, 'Dockerfile'),
    [
      `FROM ${base}`,
      'COPY app/ /app/',
      'WORKDIR /app',
      'ENV NODE_ENV=production',
      'EXPOSE 8080',
      `CMD ["node", "--max-semi-space-size=4", "${name}/main.ts"]`,
      '',
    ].join('\n'),
  )
}

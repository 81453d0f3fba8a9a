import { cpSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const service = fileURLToPath(new URL('../service', import.meta.url))
const postgresClient = dirname(dirname(fileURLToPath(import.meta.resolve('postgres'))))

/** The service's sources as they are: Node.js runs TypeScript. */
export function layService(context: string, options: { readonly base: string; readonly version: string }): void {
  const app = join(context, 'app')
  cpSync(service, join(app, 'service'), { recursive: true })
  for (const part of ['package.json', 'src'])
    cpSync(join(postgresClient, part), join(app, 'node_modules/postgres', part), { recursive: true })
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }\n')
  writeFileSync(
    join(context, 'Dockerfile'),
    [
      `FROM ${options.base}`,
      'COPY app/ /app/',
      'WORKDIR /app',
      `ENV ORDERS_VERSION=${options.version} NODE_ENV=production`,
      'EXPOSE 8080',
      'CMD ["node", "service/main.ts"]',
      '',
    ].join('\n'),
  )
}

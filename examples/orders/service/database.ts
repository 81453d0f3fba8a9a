import postgres from 'postgres'
import type { DatabaseConfiguration } from './configuration.ts'

export interface Order {
  readonly id: number
  readonly item: string
  readonly quantity: number
}

/** Every method throws when the database does not answer; the connection comes back by itself. */
export interface Orders {
  ping(): Promise<void>
  list(): Promise<readonly Order[]>
  get(id: number): Promise<Order | undefined>
  add(item: string, quantity: number): Promise<Order>
  close(): Promise<void>
}

// Several replicas start at once, and CREATE TABLE IF NOT EXISTS alone is not safe against itself.
const schemaLock = 20_261_123

export function connect(database: DatabaseConfiguration): Orders {
  const sql = postgres({
    host: database.host,
    port: database.port,
    database: database.name,
    username: database.user,
    password: database.password,
    max: 8,
    connect_timeout: 2,
    onnotice: () => undefined,
  })

  let schema: Promise<unknown> | undefined
  const ready = () => {
    schema ??= sql
      .begin(async (transaction) => {
        await transaction`select pg_advisory_xact_lock(${schemaLock})`
        await transaction`create table if not exists orders (
          id integer generated always as identity primary key, item text not null, quantity integer not null)`
      })
      .catch((error: unknown) => {
        schema = undefined
        throw error
      })
    return schema
  }

  return {
    async ping() {
      await ready()
      await sql`select 1`
    },
    async list() {
      await ready()
      return sql<Order[]>`select id, item, quantity from orders order by id desc limit 100`
    },
    async get(id) {
      await ready()
      const rows = await sql<Order[]>`select id, item, quantity from orders where id = ${id}`
      return rows[0]
    },
    async add(item, quantity) {
      await ready()
      const rows = await sql<
        Order[]
      >`insert into orders (item, quantity) values (${item}, ${quantity}) returning id, item, quantity`
      return rows[0]!
    },
    close: () => sql.end({ timeout: 2 }),
  }
}

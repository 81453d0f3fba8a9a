// Orders: each with an id of its client's, so that it may be sent again until it is acknowledged, and counts once.
import { bodyOf, call } from '../platform/call.ts'
import { openDatabase } from '../platform/database.ts'
import { required } from '../platform/environment.ts'
import { openQueue } from '../platform/queue.ts'
import { parse, Refusal, serve } from '../platform/serve.ts'
import { startRelay } from './relay.ts'
import { schema } from './schema.ts'

const inventory = required('INVENTORY_URL')
const database = openDatabase(schema)
const queue = openQueue()
const relay = startRelay(database, queue)

const userOf = (header: string | undefined): string => {
  if (header === undefined) throw new Refusal(400, 'x-user must say who orders')
  return header
}

serve({
  routes: {
    'PUT /orders/:id': async ({ id, body, header }) => {
      const name = userOf(header('x-user'))
      if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)) throw new Refusal(400, `"${id}" is no UUID`)
      const { sku, quantity = 1 } = parse(body)
      const reservation = JSON.stringify({ sku, quantity })
      bodyOf(await call(`${inventory}/reservations/${id}`, { method: 'PUT', body: reservation }))
      await database.run((sql) =>
        sql.begin(async (transaction) => {
          const stored = await transaction`insert into orders (id, user_name, sku, quantity)
            values (${id}, ${name}, ${String(sku)}, ${Number(quantity)}) on conflict do nothing`
          if (stored.count > 0) await transaction`insert into outbox (order_id) values (${id})`
        }),
      )
      relay.hurry()
      return { status: 201, body: { id } }
    },
    'GET /orders': async ({ header }) => {
      const name = userOf(header('x-user'))
      const rows = await database.run(
        (sql) => sql`select id, sku, quantity from orders where user_name = ${name} order by placed_at desc limit 20`,
      )
      return { status: 200, body: [...rows] }
    },
  },
  ready: async () => {
    await database.run((sql) => sql`select 1`)
  },
  stop: async () => {
    await relay.stop()
    queue.close()
    await database.close()
  },
})

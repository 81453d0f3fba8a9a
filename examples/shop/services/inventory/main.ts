// The stock: reserved for an order before it is stored, sent when the queue says that it was.
import { openDatabase } from '../platform/database.ts'
import { openQueue } from '../platform/queue.ts'
import { parse, Refusal, serve } from '../platform/serve.ts'
import { schema } from './schema.ts'

const database = openDatabase(schema)
const queue = openQueue()

const consuming = queue.consume('shipping', async (data) => {
  const { id } = JSON.parse(data) as { id: string }
  await database.run((sql) => sql`update reservations set shipped = true where order_id = ${id} and not shipped`)
})

serve({
  routes: {
    'GET /products': async () => {
      const rows = await database.run((sql) => sql`select sku, name, stock from products order by sku`)
      return { status: 200, body: [...rows] }
    },
    'PUT /reservations/:id': async ({ id, body }) => {
      const { sku, quantity } = parse(body)
      if (typeof sku !== 'string' || !Number.isInteger(quantity) || Number(quantity) < 1)
        throw new Refusal(400, 'an order is {"sku": "text", "quantity": 1}')
      const wanted = Number(quantity)
      await database.run((sql) =>
        sql.begin(async (transaction) => {
          const made = await transaction`insert into reservations (order_id, sku, quantity)
            values (${id}, ${sku}, ${wanted}) on conflict do nothing`
          if (made.count === 0) return
          const taken = await transaction`update products set stock = stock - ${wanted} where sku = ${sku} and stock >= ${wanted}`
          if (taken.count === 0) throw new Refusal(409, `there are not ${wanted} of "${sku}"`)
        }),
      )
      return { status: 200, body: { id } }
    },
  },
  ready: async () => {
    await database.run((sql) => sql`select 1`)
  },
  stop: async () => {
    queue.close()
    await consuming
    await database.close()
  },
})

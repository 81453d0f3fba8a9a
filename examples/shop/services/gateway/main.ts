// The API gateway: says who asks, and which service answers.
import { bodyOf, type Called, call } from '../platform/call.ts'
import { required } from '../platform/environment.ts'
import { type Answer, type Asked, Refusal, serve } from '../platform/serve.ts'

const users = required('USER_URL')
const orders = required('ORDER_URL')
const inventory = required('INVENTORY_URL')
const orderMilliseconds = 8000

const passOn = ({ status, text }: Called): Answer => ({ status, body: JSON.parse(text) })

/** Throws a Refusal of 401 when no session is named, or none of that name is there. */
async function userOf(asked: Asked): Promise<string> {
  const token = /^Bearer ([\w-]+)$/.exec(asked.header('authorization') ?? '')?.[1]
  if (token === undefined) throw new Refusal(401, 'log in first')
  return (bodyOf(await call(`${users}/sessions/${token}`)) as { name: string }).name
}

serve({
  routes: {
    'PUT /users/:id': async ({ path, body }) => passOn(await call(`${users}${path}`, { method: 'PUT', body })),
    'POST /sessions': async ({ body }) => passOn(await call(`${users}/sessions`, { method: 'POST', body })),
    'GET /products': async () => passOn(await call(`${inventory}/products`)),
    'GET /orders': async (asked) => {
      const headers = { 'x-user': await userOf(asked) }
      return passOn(await call(`${orders}/orders`, { headers }))
    },
    'PUT /orders/:id': async (asked) => {
      const { path, body } = asked
      const headers = { 'x-user': await userOf(asked) }
      return passOn(await call(`${orders}${path}`, { method: 'PUT', headers, body, answerMilliseconds: orderMilliseconds }))
    },
  },
})

// The frontend: a page, and under /api what the gateway answers.
import { call } from '../platform/call.ts'
import { required } from '../platform/environment.ts'
import { Refusal, serve } from '../platform/serve.ts'
import { page } from './page.ts'

const gateway = required('GATEWAY_URL')

serve({
  routes: {
    'GET /': () => ({ status: 200, body: page }),
    '*': async ({ method, path, body, header }) => {
      if (!path.startsWith('/api/')) throw new Refusal(404, `no ${method} ${path}`)
      const authorization = header('authorization')
      const { status, text } = await call(`${gateway}${path.slice('/api'.length)}`, {
        method,
        answerMilliseconds: 10_000,
        ...(body === '' ? {} : { body }),
        ...(authorization === undefined ? {} : { headers: { authorization } }),
      })
      return { status, body: JSON.parse(text) }
    },
  },
})

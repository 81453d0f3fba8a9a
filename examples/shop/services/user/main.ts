// Users in the database, their sessions in the cache.
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { openCache } from '../platform/cache.ts'
import { openDatabase } from '../platform/database.ts'
import { parse, Refusal, serve } from '../platform/serve.ts'

const sessionSeconds = 3600

const database = openDatabase(
  'create table if not exists users (name text primary key, salt bytea not null, hash bytea not null)',
)
const cache = openCache()

const hashOf = (password: string, salt: Buffer): Buffer => scryptSync(password, salt, 32, { N: 1024 })

const passwordOf = (value: unknown): string => {
  if (typeof value !== 'string' || value.length < 8) throw new Refusal(400, 'a password has 8 characters at least')
  return value
}

/** Whether it is the user's password; undefined when there is no such user. */
const check = async (name: string, password: string): Promise<boolean | undefined> => {
  const [row] = await database.run(
    (sql) => sql<{ salt: Buffer; hash: Buffer }[]>`select salt, hash from users where name = ${name}`,
  )
  return row && timingSafeEqual(row.hash, hashOf(password, row.salt))
}

serve({
  routes: {
    'PUT /users/:id': async ({ id, body }) => {
      const name = decodeURIComponent(id)
      const password = passwordOf(parse(body).password)
      const salt = randomBytes(16)
      const hash = hashOf(password, salt)
      await database.run((sql) => sql`insert into users values (${name}, ${salt}, ${hash}) on conflict do nothing`)
      if (!(await check(name, password))) throw new Refusal(409, `there is another "${name}"`)
      return { status: 200, body: { name } }
    },
    'POST /sessions': async ({ body }) => {
      const { name, password } = parse(body)
      if (typeof name !== 'string' || !(await check(name, passwordOf(password))))
        throw new Refusal(401, 'no such user and password')
      const token = randomBytes(24).toString('base64url')
      await cache.command('SET', `session:${token}`, name, 'EX', String(sessionSeconds))
      // What one more node has is not lost with the master.
      if (Number(await cache.command('WAIT', '1', '500')) < 1) throw new Error('no replica of the cache has the session')
      return { status: 201, body: { token } }
    },
    'GET /sessions/:id': async ({ id }) => {
      const name = await cache.command('GET', `session:${id}`)
      if (name === null) throw new Refusal(401, 'the session has ended')
      return { status: 200, body: { name } }
    },
  },
  ready: async () => {
    await database.run((sql) => sql`select 1`)
    await cache.command('PING')
  },
  stop: async () => {
    cache.close()
    await database.close()
  },
})

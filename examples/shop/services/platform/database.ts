import postgres, { type Sql } from 'postgres'
import { log, required } from './environment.ts'

export interface Database {
  /** Runs on the primary's connections. Throws when it does not answer in three seconds; the next one tries new connections. */
  run<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const patienceMilliseconds = 3000
// Several pods start at once, and CREATE TABLE IF NOT EXISTS alone is not safe against itself.
const schemaLock = 20_261_128

/**
 * The Service has the primary's address, which moves: connections to the one before may hang or be read-only, so all are given up when one
 * fails. `schema` is what the service's tables are made by, each time again.
 */
export function openDatabase(schema: string): Database {
  const open = () =>
    postgres({
      host: required('DB_HOST'),
      database: required('DB_NAME'),
      username: required('DB_USERNAME'),
      password: required('DB_PASSWORD'),
      max: 4,
      connect_timeout: 2,
      backoff: () => 0.1,
      // Nobody hears that a question of its own, asked before ours, was given up.
      fetch_types: false,
      connection: { application_name: 'shop' },
      onnotice: () => undefined,
    })
  let sql = open()
  let made = false

  const makeTables = (pool: Sql) =>
    pool.begin(async (transaction) => {
      await transaction`select pg_advisory_xact_lock(${schemaLock})`
      await transaction.unsafe(schema)
    })

  return {
    async run(work) {
      const pool = sql
      try {
        return await within(patienceMilliseconds, async () => {
          if (!made) await makeTables(pool)
          made = true
          return work(pool)
        })
      } catch (error) {
        if (isOurFault(error)) throw error
        if (pool === sql) {
          log('database does not answer', { error: String(error) })
          sql = open()
          void pool.end({ timeout: 0 })
        }
        throw error
      }
    },
    close: () => sql.end({ timeout: 2 }),
  }
}

/** What the server has understood and refused, by the class of its code: data, integrity, syntax; or what the work itself threw. */
const isOurFault = (error: unknown): boolean => {
  const { name, code } = error as { name?: string; code?: string }
  return name === 'Refusal' || /^(22|23|42)/.test(code ?? '')
}

async function within<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  const working = work()
  working.catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${milliseconds} ms`)), milliseconds)
  })
  try {
    return await Promise.race([working, late])
  } finally {
    clearTimeout(timer)
  }
}

import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { bodyOf, call } from '../services/platform/call.ts'

/** What customers saw since it was begun. */
export interface Spell {
  readonly acknowledged: number
  /** attempts that were answered with an error, or not at all; each is made again until it is acknowledged */
  readonly refused: number
  /** the longest time in which no order of anybody was acknowledged */
  readonly longestWaitMilliseconds: number
  /** what refusals said, each once */
  readonly reasons: ReadonlySet<string>
}

export interface Customers {
  /** Starts a new spell, and gives the one before. */
  spell(): Spell
  /** Resolves when each has got its last order acknowledged, with the ids of all of them. */
  stop(): Promise<ReadonlySet<string>>
}

const skus = ['atlas', 'kettle', 'lantern']
const pauseMilliseconds = 50

/**
 * So many customers outside of the cluster that order without a pause, by the web frontend's port on the nodes. They keep the ids of
 * acknowledged orders, which no loss of a node can take.
 */
export function openShop(hosts: readonly string[], count: number): Customers {
  const acknowledged = new Set<string>()
  let open = true
  let spell = { acknowledged: 0, refused: 0, longestWaitMilliseconds: 0, reasons: new Set<string>() }
  let last = Date.now()
  let turn = 0

  const ask = async (method: string, path: string, body: object, token?: string): Promise<unknown> => {
    const url = `http://${hosts[turn++ % hosts.length]}:30090/api${path}`
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    return bodyOf(await call(url, { method, headers, body: JSON.stringify(body), answerMilliseconds: 12_000 }))
  }

  const untilAcknowledged = async (work: () => Promise<void>) => {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        spell.refused++
        spell.reasons.add(String(error))
        await delay(pauseMilliseconds)
      }
    }
  }

  const customer = async (name: string) => {
    const user = { name, password: randomUUID() }
    let token: string | undefined
    while (open) {
      const id = randomUUID()
      const order = { sku: skus[acknowledged.size % skus.length], quantity: 1 }
      await untilAcknowledged(async () => {
        if (token === undefined) {
          await ask('PUT', `/users/${name}`, { password: user.password })
          token = ((await ask('POST', '/sessions', user)) as { token: string }).token
        }
        try {
          await ask('PUT', `/orders/${id}`, order, token)
        } catch (error) {
          if ((error as { status?: number }).status === 401) token = undefined
          throw error
        }
      })
      acknowledged.add(id)
      const now = Date.now()
      spell.longestWaitMilliseconds = Math.max(spell.longestWaitMilliseconds, now - last)
      spell.acknowledged++
      last = now
      await delay(pauseMilliseconds)
    }
  }
  const customers = Array.from({ length: count }, () => customer(`customer-${randomUUID()}`))

  return {
    spell: () => {
      const before = spell
      spell = { acknowledged: 0, refused: 0, longestWaitMilliseconds: 0, reasons: new Set() }
      return before
    },
    stop: async () => {
      open = false
      await Promise.all(customers)
      return acknowledged
    },
  }
}

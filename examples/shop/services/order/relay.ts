import type { Database } from '../platform/database.ts'
import { log } from '../platform/environment.ts'
import type { Queue } from '../platform/queue.ts'

export interface Relay {
  /** There is something new. */
  hurry(): void
  /** Resolves when it does nothing any more. What is left, another pod takes. */
  stop(): Promise<void>
}

const pauseMilliseconds = 1000
const batch = 20
/** how long another pod leaves alone what this one has taken */
const claim = '10 seconds'

/** Brings what stands in the outbox to the queue: at least once, and once as the queue counts, which knows each by its order's id. */
export function startRelay(database: Database, queue: Queue): Relay {
  let stopped = false
  let wake: () => void = () => undefined
  let hurried = false

  const bring = async (): Promise<number> => {
    const rows = await database.run(
      (sql) => sql<{ position: string; order_id: string }[]>`
        update outbox set taken_until = now() + ${claim}::interval where position in (
          select position from outbox where taken_until < now() order by position limit ${batch} for update skip locked)
        returning position, order_id`,
    )
    await Promise.all(rows.map(({ order_id }) => queue.publish('orders.placed', order_id, JSON.stringify({ id: order_id }))))
    const positions = rows.map(({ position }) => position)
    if (positions.length > 0) await database.run((sql) => sql`delete from outbox where position in ${sql(positions)}`)
    return positions.length
  }

  const run = async () => {
    while (!stopped) {
      hurried = false
      try {
        if ((await bring()) === batch) continue
      } catch (error) {
        log('an order waits for the queue', { error: String(error) })
      }
      if (hurried || stopped) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMilliseconds)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
  const running = run()

  return {
    hurry: () => {
      hurried = true
      wake()
    },
    stop: () => {
      stopped = true
      wake()
      return running
    },
  }
}

import type { Client } from '../../../shared/client/client.ts'
import type { Controller, Watch } from '../../../shared/controllers/controller.ts'
import type { Random } from '../../contract/random.ts'

export interface Unreliable {
  readonly controller: Controller
  /** from now on nothing is lost and nobody is killed */
  calm(): void
  storm(): void
  /** how often it was asked to look at a key */
  runs(): number
}

/** A controller as a bad day has it: events are dropped and told twice, and it is killed before or after any of its writes. */
export const unreliable = (controller: Controller, random: Random): Unreliable => {
  let isCalm = false
  let runs = 0
  const watches = controller.watches.map(
    (watch): Watch => ({
      ...watch,
      keys: (object, previous, cache) => {
        const keys = watch.keys(object, previous, cache)
        const luck = isCalm ? 1 : random.next()
        return luck < 0.25 ? [] : luck < 0.5 ? [...keys, ...keys] : keys
      },
    }),
  )
  return {
    controller: {
      ...controller,
      watches,
      reconcile: (key, context) => {
        runs++
        if (isCalm || random.next() < 0.5) return controller.reconcile(key, context)
        return controller.reconcile(key, { ...context, client: mortal(context.client, random) })
      },
    },
    calm: () => {
      isCalm = true
    },
    storm: () => {
      isCalm = false
    },
    runs: () => runs,
  }
}

/** Sees that nobody looks at anything any more, once what was put off in worse times is done. */
export const restful = async (day: Unreliable, why: string): Promise<void> => {
  for (let tries = 0; tries < 10; tries++) {
    const before = day.runs()
    await new Promise((resolve) => setTimeout(resolve, 300))
    if (day.runs() === before) return
  }
  throw new Error(`${why}: looks again and again at rest`)
}

/** Writes a few times at most. */
const mortal = (client: Client, random: Random): Client => {
  let left = random.below(4)
  const once =
    <A extends readonly unknown[], R>(write: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (left <= 0) throw new Error('killed before a write')
      left--
      const answer = await write(...args)
      if (left === 0 && random.next() < 0.5) throw new Error('killed after a write')
      return answer
    }
  return {
    ...client,
    create: once(client.create) as Client['create'],
    update: once(client.update) as Client['update'],
    patch: once(client.patch) as Client['patch'],
    delete: once(client.delete) as Client['delete'],
  }
}

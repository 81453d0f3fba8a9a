import { afterEach, beforeEach, describe, it } from 'vitest'
import type { StoreCases, StoreUnderTest } from './store/case.ts'
import { changeCases } from './store/changes.ts'
import { historyCases } from './store/history.ts'
import { listCases } from './store/lists.ts'
import { sizeCases } from './store/sizes.ts'
import { writeCases } from './store/writes.ts'

/** Run by every driver; a departure is a named skip with its reason. */
export const testStore = (options: {
  name: string
  newStore: () => Promise<Omit<StoreUnderTest, 'many'>>
  many?: number
  timeoutMs?: number
  skip?: readonly { readonly reason: string; readonly tests: readonly string[] }[]
}): void => {
  const reasons = new Map(options.skip?.flatMap(({ reason, tests }) => tests.map((test) => [test, reason] as const)))
  const groups: Readonly<Record<string, StoreCases>> = {
    writes: writeCases,
    lists: listCases,
    changes: changeCases,
    history: historyCases,
    sizes: sizeCases,
  }
  describe(`${options.name} store`, () => {
    let subject: StoreUnderTest
    beforeEach(async () => {
      subject = { many: 3000, ...(await options.newStore()), ...(options.many ? { many: options.many } : {}) }
    })
    afterEach(() => subject.close())
    for (const [group, cases] of Object.entries(groups)) {
      describe(group, () => {
        for (const [name, run] of Object.entries(cases)) {
          const reason = reasons.get(name)
          if (reason) it.skip(`${name} (${reason})`, () => undefined)
          else it(name, { timeout: options.timeoutMs ?? 20_000 }, () => run(subject))
        }
      })
    }
  })
}

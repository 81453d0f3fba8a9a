import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expressionOf } from './arbitrary.ts'
import { missingOracle, type Oracle, startOracle } from './oracle/oracle.ts'
import { answerTo, comparable } from './world.ts'

const expressions = 10_000
const batch = 500

describe.skipIf(missingOracle)(`as cel-go${missingOracle ? ` (skipped: ${missingOracle})` : ''}`, () => {
  let oracle: Oracle
  beforeAll(() => {
    oracle = startOracle()
  }, 600_000)
  afterAll(() => oracle?.stop())

  it.each(Array.from({ length: expressions / batch }, (_, index) => index * batch))(
    'agrees on type, value, error and costs of random expressions from %i on',
    async (start) => {
      for (let seed = start; seed < start + batch; seed++) {
        const expression = expressionOf(seed)
        const theirs = comparable(await oracle.ask(expression))
        expect([expression, comparable(answerTo(expression))]).toEqual([expression, theirs])
      }
    },
    60_000,
  )
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Answer, answerTo, comparable } from './world.ts'

// What upstream said of them: npx node test/shared/cel/record.ts writes it again.
const facts = readFileSync(new URL('./facts.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as [expression: string, answer: Answer])

describe('what cel-go said', () => {
  it.each(facts)('%s', (expression, answer) => expect(comparable(answerTo(expression))).toEqual(comparable(answer)))
})

import { readFileSync, writeFileSync } from 'node:fs'
import { expressionOf } from './arbitrary.ts'
import { startOracle } from './oracle/oracle.ts'
import { questions } from './schema/questions.ts'

/** Seeds beyond those that the oracle's own test asks. */
const seeds = Array.from({ length: 600 }, (_, index) => 1_000_000 + index)

const written = readFileSync(new URL('./expressions.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
const oracle = startOracle()
const lines: string[] = []
for (const expression of [...written, ...seeds.map(expressionOf)])
  lines.push(JSON.stringify([expression, await oracle.ask(expression)]))
const rules: string[] = []
for (const question of questions) rules.push(JSON.stringify(await oracle.askRules(question)))
oracle.stop()
writeFileSync(new URL('./facts.jsonl', import.meta.url), `${lines.join('\n')}\n`)
writeFileSync(new URL('./schema/facts.jsonl', import.meta.url), `${rules.join('\n')}\n`)

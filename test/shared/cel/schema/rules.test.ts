import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkRules as check } from '../../../../shared/cel/schema/rule-check.ts'
import { objectBudget, runRules } from '../../../../shared/cel/schema/rule-run.ts'
import type { CelSchema } from '../../../../shared/cel/schema/schema.ts'
import { Correlation } from '../../../../shared/meta/structural/correlation.ts'
import type { RuleAnswers } from '../oracle/oracle.ts'
import { questions } from './questions.ts'
import { answerRules, comparableRules } from './rule-world.ts'

const facts = readFileSync(new URL('./facts.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Partial<RuleAnswers>)

const titled = questions.map((question, index) => ({
  question,
  fact: facts[index]!,
  title: `${index}: ${JSON.stringify(question.schema['x-kubernetes-validations'] ?? 'below')}`,
}))

describe('rules as upstream compiles and runs them', () => {
  it.each(titled)('$title', ({ question, fact }) => {
    expect(comparableRules(answerRules(question))).toEqual(comparableRules(fact))
  })
})

const checkRules = (path: string, schema: CelSchema) => check(path, schema, { isAccepted: false })
const path = 'spec.validation.openAPIV3Schema'
const ruled = (schema: CelSchema, ...rules: string[]): CelSchema => ({
  ...schema,
  'x-kubernetes-validations': rules.map((rule) => ({ rule })),
})
const object = (properties: Readonly<Record<string, CelSchema>>): CelSchema => ({ type: 'object', properties })

describe('what is checked of rules when they are written', () => {
  it('refuses one that may cost too much, and says how to make it cheaper', () => {
    const list: CelSchema = ruled({ type: 'array', items: { type: 'string' } }, 'self.all(x, self.all(y, x != y))')
    const errors = checkRules(path, object({ list }))
    expect(errors.map(({ field, message }) => [field, message])).toEqual([
      [
        `${path}.properties[list].x-kubernetes-validations[0].rule`,
        'Forbidden: estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
      ],
      [
        `${path}.properties[list].x-kubernetes-validations[0].rule`,
        'Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
      ],
      [
        path,
        'Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
      ],
    ])
  })

  it('counts a rule as often as its place may be filled', () => {
    const rule = 'self.contains("abc")'
    const items = (maxItems?: number): CelSchema => ({
      type: 'array',
      items: ruled({ type: 'string' }, rule),
      ...(maxItems === undefined ? {} : { maxItems }),
    })
    expect(checkRules(path, object({ list: items() }))).not.toEqual([])
    expect(checkRules(path, object({ list: items(10) }))).toEqual([])
  })

  it('refuses oldSelf where nobody can tell what was which', () => {
    const list: CelSchema = { type: 'array', maxItems: 5, items: ruled({ type: 'integer' }, 'self > oldSelf') }
    expect(checkRules(path, object({ list })).map(({ message }) => message)).toEqual([
      `Invalid value: "self > oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${path}.properties[list]`,
    ])
    const keyed: CelSchema = {
      ...list,
      'x-kubernetes-list-type': 'map',
      items: ruled(object({ n: { type: 'integer' } }), 'self.n > oldSelf.n'),
    }
    expect(checkRules(path, object({ keyed }))).toEqual([])
  })

  it('shows what does not compile with the whole rule', () => {
    expect(checkRules(path, ruled(object({ n: { type: 'integer' } }), 'self.m == 1'))).toEqual([
      {
        type: 'FieldValueInvalid',
        field: `${path}.x-kubernetes-validations[0].rule`,
        message:
          'Invalid value: {"Rule":"self.m == 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: ' +
          "compilation failed: ERROR: <input>:1:5: undefined field 'm'\n | self.m == 1\n | ....^",
      },
    ])
  })
})

describe('rules on an object', () => {
  const schema = object({ spec: ruled(object({ n: { type: 'integer' } }), 'self.n > 5') })

  it('lets pass with a warning what was wrong before and has not changed', () => {
    const [value, old] = [{ spec: { n: 1 } }, { spec: { n: 1 } }]
    const input = { path: '', isResource: true, value, old }
    expect(runRules(schema, input).errors).toHaveLength(1)
    const { errors, warnings } = runRules(schema, { ...input, correlation: new Correlation(schema, value, old) })
    expect([errors.length, warnings.length]).toEqual([0, 1])
  })

  it('has one budget for all of them', () => {
    const items = ruled({ type: 'integer' }, 'self > 0')
    const value = { list: Array.from({ length: 100 }, () => 1) }
    const { errors, left } = runRules(object({ list: { type: 'array', items } }), { path: '', isResource: true, value }, 30)
    expect(errors.map(({ field, message }) => [field, message])).toEqual([
      [
        'list[15]',
        'Invalid value: "integer": validation failed due to running out of cost budget, no further validation rules will be run',
      ],
    ])
    expect(left).toBeLessThan(0)
  })

  it('names what is wrong of a whole object as upstream does', () => {
    const whole = ruled(object({ n: { type: 'integer' } }), 'self.n > 5')
    const { errors } = runRules(whole, { path: '', isResource: true, value: { n: 1 } })
    expect(errors).toEqual([{ type: 'FieldValueInvalid', field: '<nil>', message: 'Invalid value: failed rule: self.n > 5' }])
  })

  it('says nothing of a schema without rules', () => {
    const value = { metadata: { name: 'x' } }
    expect(runRules(object({}), { path: '', isResource: true, value })).toEqual({ errors: [], warnings: [], left: objectBudget })
  })
})

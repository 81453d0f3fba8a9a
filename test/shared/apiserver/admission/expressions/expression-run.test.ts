import { describe, expect, it } from 'vitest'
import { Decisions } from '../../../../../shared/apiserver/admission/expressions/decisions.ts'
import { BudgetExceeded, ExpressionRun } from '../../../../../shared/apiserver/admission/expressions/expression-run.ts'
import { admissionEnvironment } from '../../../../../shared/cel/admission/admission-environment.ts'
import { type CompiledExpression, compileExpression } from '../../../../../shared/cel/admission/compile-expression.ts'
import { DeclaredVariables } from '../../../../../shared/cel/admission/declared-variables.ts'

const newRun = (variables: readonly (readonly [name: string, expression: string])[], budget = 10_000_000) => {
  const declared = new DeclaredVariables()
  const environment = admissionEnvironment({ params: false, authorizer: true, variables: declared })
  const compiled = new Map<string, CompiledExpression>()
  for (const [name, expression] of variables) {
    const one = compileExpression(expression, environment)
    declared.add(name, one.program?.type)
    compiled.set(name, one)
  }
  let asked = 0
  const authorizer = {
    authorize: async () => {
      asked++
      return { verdict: 'allow' as const }
    },
  }
  const run = new ExpressionRun(
    {
      object: { n: 7 },
      oldObject: null,
      request: {},
      asked: { group: '', resource: 'pods', namespace: 'default', name: 'web' },
      namespaceObject: null,
      params: null,
      decisions: new Decisions(authorizer, { name: 'ann', groups: [] }),
    },
    compiled,
    budget,
  )
  const evaluate = (expression: string) => run.evaluate(expression, compileExpression(expression, environment))
  return { run, evaluate, asked: () => asked }
}

const ten = '[1,2,3,4,5,6,7,8,9,10]'
/** costs about 40 × 10^depth */
const loops = (depth: number): string => (depth === 0 ? 'true' : `${ten}.all(x${depth}, ${loops(depth - 1)})`)

describe('a run of expressions', () => {
  it('evaluates a variable once, and what none names never', async () => {
    const { run, evaluate } = newRun([
      ['n', 'object.n + 1'],
      ['never', loops(4)],
    ])
    expect(await evaluate('variables.n == 8')).toEqual({ value: true })
    const first = 10_000_000 - run.left
    expect(await evaluate('variables.n == 8')).toEqual({ value: true })
    expect(10_000_000 - run.left).toBeLessThan(2 * first)
  })

  it.each([
    ['fails', 'object.no', 'composited variable "v" fails to evaluate: no such key: no'],
    [
      'is no expression',
      'object.',
      'composited variable "v" fails to compile: compilation failed: ERROR: <input>:1:8: Syntax error',
    ],
    [
      'costs too much',
      `dyn(${loops(6)})`,
      'composited variable "v" fails to evaluate: operation cancelled: actual cost limit exceeded',
    ],
  ])('tells of a variable that %s', async (_, expression, message) => {
    const { error } = await newRun([['v', expression]]).evaluate('variables.v == 1')
    expect(error).toContain(`expression 'variables.v == 1' resulted in error: ${message}`)
  })

  it('finds variables that need one another, however deep', async () => {
    const variables = Array.from({ length: 3000 }, (_, index): [string, string] => [
      `v${index}`,
      index === 0 ? '1' : `variables.v${index - 1} + 1`,
    ])
    expect(await newRun(variables).evaluate('variables.v2999 == 3000')).toEqual({ value: true })
  })

  it.each([1, 50])('ends a variable that needs itself by way of %i others', async (count) => {
    const chain = Array.from({ length: count }, (_, index): [string, string] => [`v${index + 1}`, `variables.v${index} + 1`])
    const { evaluate } = newRun([['v0', '1'], ...chain, ['v0', `variables.v${count} + 1`]])
    const { error } = await evaluate(`variables.v${count} == 1`)
    expect(error).toMatch(/composited variable "v\d+" fails to evaluate: it needs itself$/)
  })

  it('stops at once when variables have spent what there is', async () => {
    const variables = Array.from({ length: 400 }, (_, index): [string, string] => [`v${index}`, loops(4)])
    const sum = variables.map(([name]) => `variables.${name}`).join(' && ')
    const started = performance.now()
    await expect(newRun(variables, 200_000).evaluate(sum)).rejects.toThrow(BudgetExceeded)
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('asks what variables ask of the authorizer, and goes on', async () => {
    const question = (verb: string) => `authorizer.group('').resource('pods').check('${verb}').allowed()`
    const { evaluate, asked } = newRun([
      ['may', question('get')],
      ['both', `variables.may && ${question('list')}`],
    ])
    expect(await evaluate(`variables.both && ${question('watch')}`)).toEqual({ value: true })
    expect(asked()).toBe(3)
  })

  it('lets others have their turn within one that names variables that cost much', async () => {
    const variables = Array.from({ length: 6 }, (_, index): [string, string] => [`v${index}`, loops(5)])
    const { evaluate } = newRun(variables)
    let turns = 0
    let done = false
    const look = () => {
      turns++
      if (!done) setImmediate(look)
    }
    setImmediate(look)
    expect(await evaluate(variables.map(([name]) => `variables.${name}`).join(' && '))).toEqual({ value: true })
    done = true
    expect(turns).toBeGreaterThan(0)
  })

  it('lets others have their turn between expressions that cost much', async () => {
    const { evaluate } = newRun([])
    let turns = 0
    const count = setInterval(() => turns++, 0)
    for (let index = 0; index < 30; index++) await evaluate(loops(4))
    clearInterval(count)
    expect(turns).toBeGreaterThan(2)
  })
})

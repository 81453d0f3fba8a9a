import { describe, expect, it } from 'vitest'
import { CompiledRole } from '../../../../shared/resources/rbac/compiled-role.ts'
import { uncovered } from '../../../../shared/resources/rbac/covers.ts'
import { countPermissions, describePermissions, permissionsOf, ruleOf } from '../../../../shared/resources/rbac/permission.ts'
import type { PolicyRule } from '../../../../shared/resources/rbac/policy-rule.ts'

const verbs = ['get', 'list', '*']
const groups = ['', 'apps', '*']
const resources = ['pods', 'pods/log', 'deployments/scale', '*/scale', '*/log', '*']
const names = ['a', 'b']
const paths = ['/x', '/x/*', '/x*', '*', '/x/y', '/', '/xy/z']

/** mulberry32 */
const randomOf = (seed: number) => {
  let state = seed
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const some = (random: (below: number) => number, values: string[]) => values.filter(() => random(3) === 0)

const randomRule = (random: (below: number) => number): PolicyRule =>
  random(4) === 0
    ? { verbs: some(random, verbs), nonResourceURLs: some(random, paths) }
    : {
        verbs: some(random, verbs),
        apiGroups: some(random, groups),
        resources: some(random, resources),
        ...(random(2) === 0 ? { resourceNames: some(random, names) } : {}),
      }

const rulesOf = (random: (below: number) => number) => Array.from({ length: random(4) }, () => randomRule(random))

/** By the words of the API's documentation, one rule after the other. */
const holds = (rules: readonly PolicyRule[], access: Parameters<CompiledRole['allows']>[0]): boolean =>
  rules.some((rule) => {
    if (!rule.verbs.some((verb) => verb === '*' || verb === access.verb)) return false
    if (!access.isResource)
      return (rule.nonResourceURLs ?? []).some((url) =>
        url.endsWith('*') ? access.path.startsWith(url.slice(0, -1)) : url === access.path,
      )
    const { group, resource, subresource, name } = access
    const asked = subresource ? [`${resource}/${subresource}`, `*/${subresource}`, '*'] : [resource, '*']
    return (
      (rule.apiGroups ?? []).some((one) => one === '*' || one === group) &&
      (rule.resources ?? []).some((one) => asked.includes(one)) &&
      (!rule.resourceNames?.length || rule.resourceNames.includes(name))
    )
  })

const accesses = [
  ...['get', 'list', 'delete'].flatMap((verb) =>
    ['', 'apps', 'batch'].flatMap((group) =>
      ['pods', 'deployments'].flatMap((resource) =>
        ['', 'log', 'scale'].flatMap((subresource) =>
          ['', 'a', 'c'].map((name) => ({ isResource: true as const, verb, group, resource, subresource, name })),
        ),
      ),
    ),
  ),
  ...['get', 'put'].flatMap((verb) => paths.map((path) => ({ isResource: false as const, verb, path }))),
]

describe('a compiled role', () => {
  it('allows what its rules say one after the other', () => {
    for (let seed = 0; seed < 300; seed++) {
      const rules = rulesOf(randomOf(seed))
      const role = new CompiledRole(rules)
      for (const access of accesses) expect([rules, access, role.allows(access)]).toEqual([rules, access, holds(rules, access)])
    }
  })

  it('takes no more room than its rules, however much they mean together', () => {
    const many = (prefix: string) => Array.from({ length: 3000 }, (_, index) => `${prefix}${index}`)
    const rule = { verbs: many('v'), apiGroups: many('g'), resources: many('r'), resourceNames: many('n') }
    expect(countPermissions(rule)).toBe(3000 ** 4)
    const role = new CompiledRole(Array.from({ length: 20 }, () => rule))
    const access = { isResource: true as const, verb: 'v2999', group: 'g0', resource: 'r7', subresource: '', name: 'n1' }
    expect([role.allows(access), role.allows({ ...access, name: '' })]).toEqual([true, false])
  })

  it('puts together what differs by name only', () => {
    const rules = Array.from({ length: 10_000 }, (_, index) => ({
      verbs: ['get'],
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: [`s${index}`],
    }))
    const role = new CompiledRole(rules)
    const access = { isResource: true as const, verb: 'get', group: '', resource: 'secrets', subresource: '' }
    expect([role.allows({ ...access, name: 's9999' }), role.allows({ ...access, name: 'x' })]).toEqual([true, false])
  })
})

describe('what rules cover', () => {
  it('themselves, and what is left out is exactly what they lack', () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = randomOf(seed)
      const [owned, wanted] = [rulesOf(random), rulesOf(random)]
      expect(uncovered(owned, owned)).toEqual([])
      const missing = uncovered(owned, wanted)
      expect(uncovered([...owned, ...missing.map(ruleOf)], wanted)).toEqual([])
      // whoever covers allows at least as much
      if (missing.length > 0) continue
      const [owner, servant] = [new CompiledRole(owned), new CompiledRole(wanted)]
      for (const access of accesses)
        if (servant.allows(access)) expect([owned, access, owner.allows(access)]).toEqual([owned, access, true])
    }
  })

  it.each([
    [{ verbs: ['*'] }, { verbs: ['get'] }, true],
    [{ verbs: ['get', 'list'] }, { verbs: ['*'] }, false],
    [{ apiGroups: ['*'] }, {}, true],
    [{}, { apiGroups: ['*'] }, false],
    [{ resources: ['*/log'] }, { resources: ['pods/log'] }, true],
    [{ resources: ['*/log'] }, { resources: ['pods'] }, false],
    [{ resources: ['pods/log'] }, { resources: ['*/log'] }, false],
    [{ resources: ['*'] }, { resources: ['*/log'] }, true],
    [{ resourceNames: ['a', 'b'] }, { resourceNames: ['a'] }, true],
    [{ resourceNames: ['a'] }, { resourceNames: ['a', 'c'] }, false],
    [{ resourceNames: ['a'] }, {}, false],
    [{}, { resourceNames: ['a'] }, true],
  ])('%j, as to %j: %s', (owned, wanted, expected) => {
    const rule = { verbs: ['get'], apiGroups: [''], resources: ['pods'] }
    expect(uncovered([{ ...rule, ...owned }], [{ ...rule, ...wanted }]).length === 0).toBe(expected)
  })

  it('counts what it would take apart', () => {
    for (let seed = 0; seed < 100; seed++) {
      const rule = randomRule(randomOf(seed))
      expect([...permissionsOf(rule)]).toHaveLength(countPermissions(rule))
    }
  })

  it('is told by things, with all verbs of each', () => {
    const rules = [
      { verbs: ['get', 'list'], apiGroups: ['', 'apps'], resources: ['pods'] },
      { verbs: ['watch'], apiGroups: [''], resources: ['pods'] },
      { verbs: ['get'], nonResourceURLs: ['/a'] },
    ]
    expect(describePermissions(uncovered([], rules))).toEqual([
      '{APIGroups:[""], Resources:["pods"], Verbs:["get" "list" "watch"]}',
      '{APIGroups:["apps"], Resources:["pods"], Verbs:["get" "list"]}',
      '{NonResourceURLs:["/a"], Verbs:["get"]}',
    ])
  })
})

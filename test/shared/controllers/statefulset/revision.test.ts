import { describe, expect, it } from 'vitest'
import { goJson } from '../../../../shared/controllers/history/go-json.ts'
import {
  dataHash,
  holdsTemplate,
  saysTheSame,
  templateOf,
  templatePatch,
} from '../../../../shared/controllers/history/revision.ts'
import { chooseRevision, prunable } from '../../../../shared/controllers/statefulset/revisions.ts'
import { defaultPodTemplate } from '../../../../shared/resources/core/pod/defaults.ts'
import type { PodTemplateSpec } from '../../../../shared/resources/generated/types.ts'
import type { ControllerRevision, Pod, StatefulSet } from '../../../../shared/resources/resource.ts'

const template = (image: string): PodTemplateSpec => {
  const made: PodTemplateSpec = { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image }] } }
  defaultPodTemplate(made)
  return made
}
const revision = (name: string, number: number, image: string): ControllerRevision =>
  ({ metadata: { name }, revision: number, data: templatePatch(template(image)) }) as ControllerRevision

it('writes JSON as Go does', () => {
  expect(goJson({ b: [1, null, 'x'], a: { 10: '<&>', 9: '\u2028"\n', $patch: undefined } })).toBe(
    '{"a":{"10":"\\u003c\\u0026\\u003e","9":"\\u2028\\"\\n"},"b":[1,null,"x"]}',
  )
})

it("keeps a template as a patch whose bytes are upstream's, and gives it back", () => {
  const patch = templatePatch(template('one'))
  expect(JSON.stringify(patch)).toBe(goJson(patch))
  expect(JSON.stringify(patch)).toMatch(
    /^{"spec":{"template":{"\$patch":"replace","metadata":{"labels":{"app":"db"}},"spec":{"containers":/,
  )
  expect(templateOf(revision('a', 1, 'one'))).toEqual(template('one'))
})

it('hashes the patch and the count of collisions', () => {
  const data = { spec: { template: { $patch: 'replace' } } }
  expect(dataHash(data, 0)).not.toBe(dataHash(data, 1))
})

describe('the revision of a template', () => {
  const history = [revision('a', 1, 'one'), revision('b', 2, 'two'), revision('c', 4, 'three')]
  it.each<[string, PodTemplateSpec, readonly ControllerRevision[], string | undefined, number]>([
    ['is the first where there is none', template('one'), [], undefined, 1],
    ['is the latest that says the same', template('three'), history, 'c', 4],
    ['is an older one with a new number after a rollback', template('one'), history, 'a', 5],
    ['is a new one otherwise', template('four'), history, undefined, 5],
  ])('%s', (_, wanted, known, name, number) => {
    const { existing, revision: chosen } = chooseRevision(wanted, known)
    expect([existing?.metadata.name, chosen]).toEqual([name, number])
  })

  it('is the latest though an older server wrote it without what is a default since, or with nulls', () => {
    const { metadata, spec } = template('one')
    const { terminationGracePeriodSeconds: _, ...older } = spec!
    const written = { spec: { template: { $patch: 'replace', metadata: { ...metadata, creationTimestamp: null }, spec: older } } }
    const latest = { ...revision('a', 3, 'x'), data: written }
    expect(holdsTemplate(latest, template('one'))).toBe(false)
    expect(saysTheSame(latest, template('one'))).toBe(true)
    expect(chooseRevision(template('one'), [latest])).toEqual({ existing: latest, revision: 3 })
  })
})

it('lets the oldest revisions go that nothing runs on, beyond the limit', () => {
  const history = ['a', 'b', 'c', 'd', 'e'].map((name, index) => revision(name, index + 1, name))
  const pods = [{ metadata: { name: 'db-0', labels: { 'controller-revision-hash': 'b' } } } as unknown as Pod]
  const names = (revisionHistoryLimit: number) =>
    prunable(
      { spec: { revisionHistoryLimit } } as StatefulSet,
      { current: history[3]!, update: history[4]!, collisionCount: 0, history },
      pods,
    ).map(({ metadata }) => metadata.name)
  expect([0, 1, 2, 10, -1].map(names)).toEqual([['a', 'c'], ['a'], [], [], []])
})

import { describe, expect, it } from 'vitest'
import schemas from '../../../shared/resources/generated/schemas.json' with { type: 'json' }
import { definitions } from '../../../shared/resources/index.ts'
import * as resources from '../../../shared/resources/resource.ts'

const constants = Object.values(resources).filter((value) => typeof value === 'object')

describe('the registry of kinds', () => {
  it.each(definitions.map((one) => [one.kind, one] as const))(
    '%s has a schema, and a constant that agrees with it',
    (_, definition) => {
      expect(Object.keys(schemas)).toContain(definition.schema)
      const { group, version, plural, kind, namespaced } = definition
      expect(constants).toContainEqual({ group, version, resource: plural, kind, namespaced })
    },
  )

  it('names every resource and short name once', () => {
    const names = definitions.flatMap(({ plural, group, shortNames = [] }) => [`${plural}.${group}`, ...shortNames])
    expect(new Set(names).size).toBe(names.length)
  })

  it('shows what `kubectl get all` asks for', () => {
    expect(definitions.filter(({ categories }) => categories?.includes('all')).map(({ plural }) => plural)).toEqual([
      'pods',
      'replicationcontrollers',
      'services',
      'daemonsets',
      'deployments',
      'replicasets',
      'statefulsets',
      'horizontalpodautoscalers',
      'cronjobs',
      'jobs',
    ])
  })
})

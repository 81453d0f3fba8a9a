import type { Index } from '../../client/cache.ts'
import { isReason } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import type { CustomResourceDefinition } from '../../resources/apiextensions/resource.ts'
import { customResourceDefinitions } from '../../resources/resource.ts'
import { type Controller, watch } from '../controller.ts'
import { judgeStatus } from './status.ts'

const byGroup: Index<CustomResourceDefinition> = {
  name: 'group',
  resource: customResourceDefinitions,
  valuesOf: ({ spec }) => [spec.group],
}

const groupsOf = (...definitions: readonly (CustomResourceDefinition | undefined)[]) =>
  new Set(definitions.flatMap((crd) => (crd ? [crd.spec.group] : [])))

/** Gives definitions their names and has them served. Its key is a group: within one no name is given twice, so it is one after the other. */
export const customResourceDefinitionController: Controller = {
  name: 'customresourcedefinition',
  watches: [watch(customResourceDefinitions, (object, previous) => [...groupsOf(object, previous)])],
  reconcile: async (group, { cache, client, clock }) => {
    let all = cache.byIndex(byGroup, group).toSorted(older)
    for (const crd of all) {
      const others = all.filter((one) => one.metadata.name !== crd.metadata.name)
      const next = judgeStatus(crd, others, timestamp(clock.now()))
      if (!next) continue
      try {
        const written = await client.update(customResourceDefinitions, next, { subresource: 'status' })
        all = all.map((one) => (one.metadata.name === crd.metadata.name ? written : one))
      } catch (error) {
        // It was changed meanwhile, or is gone: that brings the group here again.
        if (!isReason(error, 'Conflict', 'NotFound')) throw error
        return
      }
    }
  },
}

const older = ({ metadata: a }: CustomResourceDefinition, { metadata: b }: CustomResourceDefinition): number => {
  const [first = '', second = ''] = [a.creationTimestamp, b.creationTimestamp]
  return first === second ? (a.name < b.name ? -1 : 1) : first < second ? -1 : 1
}

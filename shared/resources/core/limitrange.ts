import { define } from '../definition.ts'
import type { LimitRangeItem } from '../generated/types.ts'
import type { LimitRange } from '../resource.ts'
import { validateLimitRange } from './limitrange-validation.ts'
import { roundUpAmounts } from './resource-list.ts'

/** What containers get that say nothing: the most they may have; they ask for what they get. */
const defaultItem = (item: LimitRangeItem) => {
  if (item.type === 'Container') {
    const given = { ...item.max, ...item.default }
    const asked = { ...item.min, ...given, ...item.defaultRequest }
    if (Object.keys(given).length > 0) item.default = given
    if (Object.keys(asked).length > 0) item.defaultRequest = asked
  }
  roundUpAmounts(item.max, item.min, item.default, item.defaultRequest, item.maxLimitRequestRatio)
}

export const limitRange = define<LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  singular: 'limitrange',
  shortNames: ['limits'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.LimitRange',
  createOnUpdate: true,
  default: (object) => {
    const { limits, ...spec } = (object as Partial<LimitRange>).spec ?? {}
    for (const item of limits ?? []) defaultItem(item)
    // none is written as null
    object.spec = (limits?.length ? { ...spec, limits } : spec) as LimitRange['spec']
  },
  prepareForCreate: ({ metadata }) => {
    metadata.name ||= metadata.uid!
  },
  validate: validateLimitRange,
})

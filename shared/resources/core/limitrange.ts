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

/** None is written as null. */
const dropNoLimits = ({ spec }: LimitRange) => {
  if (spec.limits?.length === 0) delete (spec as Partial<LimitRange['spec']>).limits
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
  rechecksNames: [''],
  createOnUpdate: true,
  default: (object) => {
    ;(object as Partial<LimitRange>).spec ??= {} as LimitRange['spec']
    for (const item of object.spec.limits ?? []) defaultItem(item)
  },
  prepareForCreate: (object) => {
    object.metadata.name ||= object.metadata.uid!
    dropNoLimits(object)
  },
  prepareForUpdate: dropNoLimits,
  validate: validateLimitRange,
})

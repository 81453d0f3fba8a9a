import { duplicateValue, type FieldError, forbiddenField, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { qualifiedName } from '../../meta/names.ts'
import { compareQuantities, formatQuantity, parseQuantityValue, type Quantity } from '../../meta/quantity.ts'
import type { LimitRangeItem } from '../generated/types.ts'
import type { LimitRange } from '../resource.ts'
import { checked, createSeen, each } from '../validation/value.ts'
import { billion, mayOvercommit, validateContainerResourceName, validateResourceName } from './pod/validation/resource-amount.ts'

const standardTypes = ['Pod', 'Container', 'PersistentVolumeClaim']

const validateType = (path: string, type: string): FieldError[] => {
  const errors = checked(path, type, qualifiedName)
  return errors.length > 0 || type.includes('/') || standardTypes.includes(type)
    ? errors
    : [invalidValue(path, type, 'must be a standard limit type or fully qualified')]
}

type Bound = 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio'

const validateNames = (path: string, item: LimitRangeItem, bound: Bound): FieldError[] => {
  const rule = item.type === 'Pod' || item.type === 'Container' ? validateContainerResourceName : validateResourceName
  return Object.keys(item[bound] ?? {}).flatMap((name) => rule(`${path}.${bound}[${name}]`, name))
}

/** A pod has no amounts of its own to be given. */
const validateDefaults = (path: string, item: LimitRangeItem): FieldError[] =>
  (['default', 'defaultRequest'] as const).flatMap((bound) => {
    if (item.type !== 'Pod') return validateNames(path, item, bound)
    return Object.keys(item[bound] ?? {}).length > 0
      ? [forbiddenField(`${path}.${bound}`, "may not be specified when `type` is 'Pod'")]
      : []
  })

/** Of the bounds of one resource: the lower one, the higher one, of which one the error says what, and of which amount. */
const order: readonly (readonly [low: Bound, high: Bound, at: Bound, shown: Bound])[] = [
  ['min', 'max', 'min', 'min'],
  ['min', 'defaultRequest', 'defaultRequest', 'defaultRequest'],
  ['defaultRequest', 'max', 'defaultRequest', 'defaultRequest'],
  ['defaultRequest', 'default', 'defaultRequest', 'defaultRequest'],
  ['min', 'default', 'default', 'min'],
  ['default', 'max', 'default', 'max'],
]

const words = (low: Bound, high: Bound): readonly [string, string] => {
  const word = (bound: Bound) => (bound === 'defaultRequest' ? 'default request' : bound)
  return [word(low), low === 'defaultRequest' && high === 'default' ? 'default limit' : word(high)]
}

const validateResource = (path: string, name: string, amount: (bound: Bound) => Quantity | undefined): FieldError[] => {
  const fail = (at: Bound, shown: Quantity, detail: string) => [
    invalidValue(`${path}.${at}[${name}]`, formatQuantity(shown), detail),
  ]
  const [standard, request] = [amount('default'), amount('defaultRequest')]
  return [
    ...order.flatMap(([low, high, at, shown]) => {
      const [lower, higher] = [amount(low), amount(high)]
      if (!lower || !higher || compareQuantities(lower, higher) <= 0) return []
      const [lowWord, highWord] = words(low, high)
      return fail(
        at,
        amount(shown)!,
        `${lowWord} value ${formatQuantity(lower)} is greater than ${highWord} value ${formatQuantity(higher)}`,
      )
    }),
    ...validateRatio(amount, fail),
    ...(!mayOvercommit(name) && standard && request && compareQuantities(standard, request) !== 0
      ? fail(
          'defaultRequest',
          request,
          `default value ${formatQuantity(standard)} must equal to defaultRequest value ${formatQuantity(request)} in ${name}`,
        )
      : []),
  ]
}

const validateRatio = (
  amount: (bound: Bound) => Quantity | undefined,
  fail: (at: Bound, shown: Quantity, detail: string) => FieldError[],
): FieldError[] => {
  const [ratio, min, max] = [amount('maxLimitRequestRatio'), amount('min'), amount('max')]
  if (!ratio) return []
  const text = formatQuantity(ratio)
  const most = min && max ? Number(max.nano) / Number(min.nano) : undefined
  return [
    ...(ratio.nano < billion ? fail('maxLimitRequestRatio', ratio, `ratio ${text} is less than 1`) : []),
    ...(most !== undefined && Number(ratio.nano) / Number(billion) > most
      ? fail('maxLimitRequestRatio', ratio, `ratio ${text} is greater than max/min = ${most.toFixed(6)}`)
      : []),
  ]
}

const validateItem = (path: string, item: LimitRangeItem): FieldError[] => {
  const bounds: readonly Bound[] =
    item.type === 'Pod'
      ? ['max', 'min', 'maxLimitRequestRatio']
      : ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio']
  const names = new Set(bounds.flatMap((bound) => Object.keys(item[bound] ?? {})))
  const amountOf = (name: string) => (bound: Bound) => {
    const text = bounds.includes(bound) ? item[bound]?.[name] : undefined
    return text === undefined ? undefined : parseQuantityValue(text)
  }
  return [
    ...validateNames(path, item, 'max'),
    ...validateNames(path, item, 'min'),
    ...validateDefaults(path, item),
    ...(item.type === 'PersistentVolumeClaim' && item.min?.storage === undefined && item.max?.storage === undefined
      ? [requiredValue(`${path}.limits`, 'either minimum or maximum storage value is required, but neither was provided')]
      : []),
    ...validateNames(path, item, 'maxLimitRequestRatio'),
    ...[...names].flatMap((name) => validateResource(path, name, amountOf(name))),
  ]
}

export const validateLimitRange = ({ spec }: LimitRange): FieldError[] => {
  const seen = createSeen()
  return each('spec.limits', spec.limits, (path, item) => [
    ...validateType(`${path}.type`, item.type ?? ''),
    ...(seen(item.type ?? '') ? [duplicateValue(`${path}.type`, item.type ?? '')] : []),
    ...validateItem(path, item),
  ])
}

import type { PodTemplateSpec } from '../../../../shared/resources/generated/types.ts'
import { loadTemplateShape } from '../../../../shared/resources/schemas.ts'
import { type Random, seededRandom } from '../../../contract/random.ts'

const quantities = [
  '0',
  '1',
  '100m',
  '1500',
  '1k',
  '1e3',
  '64Mi',
  '3Mi',
  '1Gi',
  '100Ti',
  '1Ei',
  '12345678901234567890',
  '5n',
  '1u',
  '2000',
  '-1',
]
const texts = ['', 'a', 'web', 'Always', 'a b', 'ü€', '<&>', '10', 'true']

/** A template with any fields at all, whatever validation would say of it. */
export const arbitraryTemplate = (seed: number): PodTemplateSpec =>
  valueIn('v1.PodTemplateSpec', seededRandom(seed), 0) as PodTemplateSpec

const valueIn = (type: string, random: Random, depth: number): unknown => {
  if (type.startsWith('*')) return valueIn(type.slice(1), random, depth)
  if (type.startsWith('[]')) return Array.from({ length: random.below(3) }, () => valueIn(type.slice(2), random, depth + 1))
  const [, item] = /^map\[[^\]]+\](.*)$/.exec(type) ?? []
  if (item)
    return Object.fromEntries(
      Array.from({ length: random.below(3) }, () => [random.pick(texts) || 'k', valueIn(item, random, depth + 1)]),
    )
  if (type === 'resource.Quantity') return random.pick(quantities)
  if (type === 'intstr.IntOrString') return random.pick<number | string>([8080, 0, '25%', 'http'])
  if (type === 'string') return random.pick(texts)
  if (type === 'bool') return random.pick([true, false])
  if (type === 'int32' || type === 'int64') return random.pick([0, 1, 30, 65_535])
  const known = loadTemplateShape()[type]
  if (typeof known === 'string') return valueIn(known, random, depth)
  const object: Record<string, unknown> = {}
  for (const [, json, field] of known ?? []) {
    if (field.includes('v1.Time') || field.includes('ManagedFields')) continue
    // The deeper, the less, so that it ends.
    if (random.below(depth + 2) > 1) continue
    const value = valueIn(field, random, depth + 1)
    if (json === '') Object.assign(object, value)
    else object[json] = value
  }
  return object
}

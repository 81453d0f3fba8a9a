import type { PodTemplateSpec } from '../../resources/generated/types.ts'

export const templateHashLabel = 'pod-template-hash'

/** What a template says, in one form: keys sorted, what is absent or an empty list left out, without the hash label. */
export const canonicalTemplate = (template: PodTemplateSpec | undefined): string => {
  const { [templateHashLabel]: _, ...labels } = template?.metadata?.labels ?? {}
  return JSON.stringify(canonical({ ...template, metadata: { ...template?.metadata, labels } })) ?? ''
}

export const sameTemplate = (a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined) =>
  canonicalTemplate(a) === canonicalTemplate(b)

const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined && field !== null && !(Array.isArray(field) && field.length === 0))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, canonical(field)]),
  )
}

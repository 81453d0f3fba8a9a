import { type FieldRequirement, matchesFieldSelector, parseFieldSelector } from '../../meta/field-selector.ts'
import { parseLabelSelector } from '../../meta/label-selector.ts'
import type { KubeObject } from '../../meta/object.ts'
import { badRequest } from '../../meta/status.ts'
import type { ResourceContext } from '../context.ts'
import { readied } from './served-version.ts'

/** Which objects of a resource a list or watch wants. */
export interface Selection {
  /** the one name wanted, when the field selector says so */
  readonly name: string | undefined
  /** undefined: each one (of that name) */
  readonly matches: ((object: KubeObject) => boolean) | undefined
  /** `matches` looks at nothing else */
  readonly metadataOnly: boolean
  /** to be waited for, with stored objects, before `matches` looks at them; undefined: it may look at once */
  readonly ready?: ((values: readonly Uint8Array[]) => Promise<unknown> | undefined) | undefined
}

const metadataFields: Readonly<Record<string, (object: KubeObject) => string>> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.namespace': ({ metadata }) => metadata.namespace ?? '',
}

/** Reads labelSelector and fieldSelector of the query, and the name of a single-object watch. */
export const selectionOf = (context: ResourceContext): Selection => {
  const { request, definition, info, conversions } = context
  const labelText = request.query.get('labelSelector')
  const fieldText = request.query.get('fieldSelector')
  const labels = labelText ? parseLabelSelector(labelText) : undefined
  const fields: FieldRequirement[] = fieldText ? parseFieldSelector(fieldText) : []
  const known = { ...metadataFields, ...definition.fieldSelectors }
  // upstream's kinds name all that they know, and those of the cluster no namespace
  if (definition.fieldSelectors && !definition.namespaced) delete known['metadata.namespace']
  for (const { field } of fields) {
    if (!Object.hasOwn(known, field)) {
      throw badRequest(
        definition.fieldSelectorError?.(field) ??
          (definition.fieldSelectors
            ? `field label not supported: ${field}`
            : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`),
      )
    }
  }
  const exact = fields.find(({ field, operator }) => field === 'metadata.name' && operator === '=')
  if (info.name !== '' && fields.length > 0 && exact?.value !== info.name) {
    throw badRequest("fieldSelector metadata.name doesn't match requested name")
  }
  const name = exact?.value ?? (info.name || undefined)
  const others = fields.filter((one) => one !== exact)
  const renewed = (object: KubeObject) => (definition.renew ? definition.renew(structuredClone(object)) : object)
  const wantsLabels = labels && !labels.empty ? labels : undefined
  const matchesFields = (object: KubeObject) => matchesFieldSelector(others, (field) => known[field]?.(object) ?? '')
  if (!wantsLabels && others.length === 0) return { name, matches: undefined, metadataOnly: true }
  const metadataOnly = others.every(({ field }) => Object.hasOwn(metadataFields, field))
  if (conversions) {
    // Whoever converts may change labels too.
    const matches = (object: KubeObject) => {
      const now = renewed(object)
      return (wantsLabels?.matches(now.metadata.labels) ?? true) && matchesFields(now)
    }
    return { name, metadataOnly: false, ready: (values) => readied(context, values), matches }
  }
  return {
    name,
    metadataOnly,
    matches: (object) =>
      (wantsLabels?.matches(object.metadata.labels) ?? true) &&
      (others.length === 0 || matchesFields(metadataOnly ? object : renewed(object))),
  }
}

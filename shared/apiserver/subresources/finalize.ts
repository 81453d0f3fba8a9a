import type { UpdateRules } from '../objects/update-rules.ts'
import { replaceWith } from '../verbs/update.ts'

/** Only spec.finalizers changes; everything else is kept as it is. */
const finalizeRules: UpdateRules = {
  prepare: (_context, object, old) => {
    const spec = object.spec as { finalizers?: string[] } | undefined
    const finalizers = spec?.finalizers?.length ? spec.finalizers : undefined
    const { metadata } = object
    for (const field of Object.keys(object)) if (!(field in old)) delete object[field]
    Object.assign(object, old, { metadata: { ...old.metadata, resourceVersion: metadata.resourceVersion } })
    object.spec = { ...(old.spec as object | undefined), finalizers }
  },
  validate: () => [],
}

export const updateFinalize = replaceWith(finalizeRules, { mayCreate: false })

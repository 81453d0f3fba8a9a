import { type FieldSet, isEmptySet } from '../../meta/fields/field-set.ts'
import { FieldTypeError } from '../../meta/fields/item-element.ts'
import { compareText, goJson } from '../../meta/fields/path-element.ts'
import { validateTyped } from '../../meta/fields/validate.ts'
import { isJsonObject } from '../../meta/json-value.ts'
import type { KubeObject } from '../../meta/object.ts'
import type { FieldTarget } from './field-target.ts'
import { fieldsOfLastApplied } from './track-apply.ts'

const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
const annotationsLimitBytes = 256 * 1024

/** The manager whose client-side applies are taken over by server-side ones, and kept up to date for the way back. */
export const clientSideApplier = 'kubectl'

/** What a client-side apply owns of a live object, by its annotation; undefined: there is none that says so. */
export const fieldsAppliedByClient = (live: KubeObject, target: FieldTarget): FieldSet | undefined => {
  const text = live.metadata.annotations?.[annotation]
  if (!text) return undefined
  try {
    const lastApplied: unknown = JSON.parse(text)
    if (!isJsonObject(lastApplied) || lastApplied.apiVersion !== target.apiVersion) return undefined
    validateTyped(lastApplied, target.type)
    const fields = fieldsOfLastApplied(lastApplied, live, target)
    return isEmptySet(fields) ? undefined : fields
  } catch (error) {
    // Anyone may have written it: who can't be understood owns nothing.
    if (error instanceof SyntaxError || error instanceof FieldTypeError) return undefined
    throw error
  }
}

/** Writes what is applied into the annotation of an object that has it. */
export const refreshLastApplied = (object: KubeObject, applied: KubeObject): void => {
  const { annotations } = object.metadata
  if (!annotations?.[annotation]) return
  annotations[annotation] = `${goJson(ordered(withoutAnnotation(applied)))}\n`
  const bytes = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  )
  if (bytes > annotationsLimitBytes) delete annotations[annotation]
}

const withoutAnnotation = (applied: KubeObject): KubeObject => {
  const { [annotation]: _annotation, ...annotations } = applied.metadata?.annotations ?? {}
  const metadata = { ...applied.metadata }
  if (metadata.annotations) metadata.annotations = annotations
  return { ...applied, metadata }
}

const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => compareText(a, b))
      .map(([name, one]) => [name, ordered(one)]),
  )
}

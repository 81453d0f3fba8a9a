import { autoupdateAnnotation } from '../../resources/flowcontrol/defaults/autoupdate.ts'
import type { FlowSchema, PriorityLevelConfiguration } from '../../resources/resource.ts'
import { semanticallyEqual } from '../semantic-equality.ts'

type Configuration = FlowSchema | PriorityLevelConfiguration

/** As Go's ParseBool reads words; undefined: it is none. */
const booleans: Readonly<Record<string, boolean>> = Object.fromEntries([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((word) => [word, true]),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((word) => [word, false]),
])
const annotated = ({ annotations }: Configuration['metadata']): boolean | undefined => {
  const word = annotations?.[autoupdateAnnotation]
  return word !== undefined && Object.hasOwn(booleans, word) ? booleans[word] : undefined
}

/**
 * What to write over an object that the server suggests, or, `always`, insists on; undefined: it is as it should be. An annotation that says
 * nothing means: follow the suggestion as long as nobody has changed the spec.
 */
export const revised = <T extends Configuration>(existing: T, wanted: T, { always }: { always: boolean }): T | undefined => {
  const { metadata } = existing
  const follows = always || (annotated(metadata) ?? metadata.generation === 1)
  const spec = follows ? specOf(existing, wanted) : existing.spec
  const isSame = semanticallyEqual(spec, existing.spec)
  if (isSame && annotated(metadata) === follows) return undefined
  const annotations = {
    ...metadata.annotations,
    ...(annotated(metadata) !== follows && { [autoupdateAnnotation]: String(follows) }),
  }
  return { ...existing, metadata: { ...metadata, annotations }, ...(!isSame && { spec: wanted.spec }) }
}

/** Of the exempt level administrators say how much it lends. */
const specOf = (existing: Configuration, wanted: Configuration) =>
  'exempt' in wanted.spec && 'exempt' in existing.spec && existing.spec.exempt
    ? { ...wanted.spec, exempt: { ...wanted.spec.exempt, ...existing.spec.exempt } }
    : wanted.spec

/** The server suggested it once. */
export const isUnwanted = (metadata: Configuration['metadata']): boolean => annotated(metadata) === true

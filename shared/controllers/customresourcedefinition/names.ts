import { jsonEqual } from '../../meta/json-equal.ts'
import type { CrdNames, CustomResourceDefinition } from '../../resources/apiextensions/resource.ts'

export interface NameVerdict {
  /** those asked for, but for what others have */
  readonly accepted: CrdNames
  /** undefined: nobody else has any of them */
  readonly conflict: { readonly reason: string; readonly message: string } | undefined
}

/** What others of the same group have been given already is not given again. `others`: without the one that is judged. */
export const judgeNames = (
  { spec, status }: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
): NameVerdict => {
  const wanted = spec.names
  const had = status.acceptedNames
  const taken = others.map((one) => one.status.acceptedNames)
  const resources = new Set(taken.flatMap(({ plural, singular, shortNames }) => [plural, singular, ...(shortNames ?? [])]))
  const kinds = new Set(taken.flatMap(({ kind, listKind }) => [kind, listKind]))
  const accepted: CrdNames = { ...had }
  let conflict: NameVerdict['conflict']
  const judge = (field: 'plural' | 'singular' | 'kind' | 'listKind', used: ReadonlySet<string | undefined>, reason: string) => {
    const name = wanted[field]
    if (name !== had[field] && used.has(name)) conflict = { reason, message: inUse(name ?? '') }
    else if (name === undefined) delete accepted[field]
    else accepted[field] = name
  }
  judge('plural', resources, 'PluralConflict')
  judge('singular', resources, 'SingularConflict')
  if (!jsonEqual(wanted.shortNames, had.shortNames)) {
    const found = (wanted.shortNames ?? []).filter((name) => !had.shortNames?.includes(name) && resources.has(name)).map(inUse)
    if (found.length > 0) {
      const message = found.length === 1 ? found[0]! : `[${found.join(', ')}]`
      conflict = { reason: 'ShortNamesConflict', message }
    } else accepted.shortNames = wanted.shortNames
  }
  judge('kind', kinds, 'KindConflict')
  judge('listKind', kinds, 'ListKindConflict')
  accepted.categories = wanted.categories
  return { accepted, conflict }
}

const inUse = (name: string) => `${JSON.stringify(name)} is already in use`

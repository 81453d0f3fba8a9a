import type { CrdNames, CustomResourceDefinition } from '../../resources/apiextensions/resource.ts'
import { isTrue, storageVersionOf } from '../../resources/apiextensions/resource.ts'

/** As much of a definition as says what is served: schemas are most of it, and few requests need them. */
export interface CrdSummary {
  readonly name: string
  readonly group: string
  readonly names: CrdNames
  readonly namespaced: boolean
  readonly storage: string
  readonly versions: readonly VersionSummary[]
  readonly accepted: boolean
  readonly established: boolean
  readonly terminating: boolean
  /** another one where schemas may differ */
  readonly generation: string
}

export interface VersionSummary {
  readonly name: string
  readonly hasStatus: boolean
  readonly hasScale: boolean
}

export const summaryOf = (crd: CustomResourceDefinition): CrdSummary => ({
  name: crd.metadata.name,
  group: crd.spec.group,
  names: crd.status.acceptedNames,
  namespaced: crd.spec.scope === 'Namespaced',
  storage: storageVersionOf(crd)?.name ?? '',
  versions: crd.spec.versions
    .filter(({ served }) => served)
    .map(({ name, subresources }) => ({
      name,
      hasStatus: subresources?.status !== undefined,
      hasScale: subresources?.scale !== undefined,
    })),
  accepted: isTrue(crd, 'NamesAccepted'),
  established: isTrue(crd, 'Established'),
  terminating: isTrue(crd, 'Terminating'),
  generation: `${crd.metadata.uid} ${crd.metadata.generation}`,
})

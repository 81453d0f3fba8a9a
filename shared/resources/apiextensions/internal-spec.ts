import { jsonEqual } from '../../meta/json-equal.ts'
import type { CrdSpec, CrdVersion } from './resource.ts'

/**
 * A spec as upstream validates it: what all versions say alike is said once, of the definition. Paths in errors are of this form:
 * `spec.validation.openAPIV3Schema` where versions agree, `spec.versions[0].schema.openAPIV3Schema` where they do not.
 */
export interface InternalSpec {
  readonly schema: CrdVersion['schema']
  readonly subresources: CrdVersion['subresources']
  readonly columns: NonNullable<CrdVersion['additionalPrinterColumns']>
  readonly selectable: NonNullable<CrdVersion['selectableFields']>
  /** without what is said above */
  readonly versions: readonly CrdVersion[]
  /** the versions as an error shows them */
  readonly shown: unknown
}

export const internalSpec = (spec: Pick<CrdSpec, 'versions'>): InternalSpec => {
  const versions = spec.versions ?? []
  const [first] = versions
  const alike = (name: keyof CrdVersion) => first !== undefined && versions.every((one) => jsonEqual(one[name], first[name]))
  const common = (['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const).filter(alike)
  const left = versions.map((version) => {
    const copy = { ...version }
    for (const name of common) delete copy[name]
    return copy
  })
  const of = <K extends keyof CrdVersion>(name: K): CrdVersion[K] | undefined =>
    common.includes(name as (typeof common)[number]) ? first?.[name] : undefined
  return {
    schema: of('schema'),
    subresources: of('subresources'),
    columns: of('additionalPrinterColumns') ?? [],
    selectable: of('selectableFields') ?? [],
    versions: left,
    shown: spec.versions ? left.map(goVersion) : null,
  }
}

const goVersion = (version: CrdVersion) => ({
  Name: version.name,
  Served: version.served,
  Storage: version.storage,
  Deprecated: version.deprecated ?? false,
  DeprecationWarning: version.deprecationWarning ?? null,
  Schema: version.schema ? { OpenAPIV3Schema: version.schema.openAPIV3Schema ?? null } : null,
  Subresources: version.subresources ?? null,
  AdditionalPrinterColumns: version.additionalPrinterColumns ?? null,
  SelectableFields: version.selectableFields ?? null,
})

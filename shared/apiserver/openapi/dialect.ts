import type { BasicType } from './basic-types.ts'

/** How one version of OpenAPI says what differs between the two. */
export interface Dialect {
  readonly refPrefix: string
  /** a reference that has a description or extensions beside it */
  readonly annotated: (ref: string) => Record<string, unknown>
  readonly basic: (type: BasicType) => Record<string, unknown>
  /** it tells what a field is that nothing is said of */
  readonly defaults: boolean
}

export const v2: Dialect = {
  refPrefix: '#/definitions/',
  annotated: (ref) => ({ $ref: ref }),
  basic: (type) => type.v2,
  defaults: false,
}

export const v3: Dialect = {
  refPrefix: '#/components/schemas/',
  // a sibling of $ref doesn't count there
  annotated: (ref) => ({ allOf: [{ $ref: ref }] }),
  basic: (type) => ({ ...type.v2, ...type.v3 }),
  defaults: true,
}

/** One step of a JSONPath as kubectl's templates have it. */
export type PathNode =
  | { readonly is: 'field'; readonly name: string }
  | { readonly is: 'wildcard' }
  | { readonly is: 'recursive' }
  /** undefined: not said */
  | {
      readonly is: 'slice'
      readonly from: number | undefined
      readonly to: number | undefined
      readonly step: number | undefined
    }
  | { readonly is: 'index'; readonly index: number }
  | { readonly is: 'union'; readonly of: readonly (readonly PathNode[])[] }
  | { readonly is: 'value'; readonly value: string | number | boolean }
  | { readonly is: 'filter'; readonly left: readonly PathNode[]; readonly operator: string; readonly right: readonly PathNode[] }

export class JsonPathError extends Error {}

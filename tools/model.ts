export interface Model {
  readonly name: string
  readonly description: string
  readonly fields: readonly Field[]
}

export interface Field {
  /** as it stands in JSON */
  readonly name: string
  /** `string`, `Array<V1Container>`, `{ [key: string]: string; }`, `V1PodSpec`, `any` … */
  readonly type: string
  readonly format: string
  readonly required: boolean
  readonly description: string
}

export interface Finding {
  readonly what: string
  /** the object it is about */
  readonly name?: string | undefined
}

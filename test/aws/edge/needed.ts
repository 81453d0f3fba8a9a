/** What somebody must be allowed to do for a call to be made. */
export interface Permission {
  /** `dynamodb:PutItem` */
  readonly action: string
  /** an ARN; `*`: the action knows no resource */
  readonly resource: string
  /** condition keys of the call */
  readonly context: Readonly<Record<string, string | readonly string[]>>
}

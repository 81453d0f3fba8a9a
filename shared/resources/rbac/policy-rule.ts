/** As in rbac/v1: `*` stands for all; resources may name a subresource (`pods/log`), of any resource too (`*\/scale`). */
export interface PolicyRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[] | undefined
  readonly resources?: readonly string[] | undefined
  /** none: all */
  readonly resourceNames?: readonly string[] | undefined
  /** a trailing `*` matches everything behind */
  readonly nonResourceURLs?: readonly string[] | undefined
}

export const everything: readonly PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
]

import type { FlowSchemaSpec, PriorityLevelConfigurationSpec } from '../generated/types.ts'
import { isEquivalent } from '../validation/equality.ts'

const everything = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
}
const groups = (...names: string[]) => names.map((name) => ({ kind: 'Group', group: { name } }))

const flowSchemas: ReadonlyMap<string, FlowSchemaSpec> = new Map([
  [
    'exempt',
    {
      priorityLevelConfiguration: { name: 'exempt' },
      matchingPrecedence: 1,
      rules: [{ subjects: groups('system:masters'), ...everything }],
    },
  ],
  [
    'catch-all',
    {
      priorityLevelConfiguration: { name: 'catch-all' },
      matchingPrecedence: 10_000,
      distinguisherMethod: { type: 'ByUser' },
      rules: [{ subjects: groups('system:unauthenticated', 'system:authenticated'), ...everything }],
    },
  ],
])

/** Whether a FlowSchema whose spec is fixed has that; undefined: it is none of those. */
export const isMandatoryFlowSchema = (name: string, spec: FlowSchemaSpec): boolean | undefined => {
  const fixed = flowSchemas.get(name)
  return fixed && isEquivalent(fixed, spec)
}

const levels: ReadonlyMap<string, PriorityLevelConfigurationSpec> = new Map([
  ['exempt', { type: 'Exempt' }],
  [
    'catch-all',
    { type: 'Limited', limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: 'Reject' } } },
  ],
])

/** The same of a PriorityLevelConfiguration, whose `exempt` is free. */
export const isMandatoryLevel = (
  name: string,
  { exempt: _exempt, ...spec }: PriorityLevelConfigurationSpec,
): boolean | undefined => {
  const fixed = levels.get(name)
  return fixed && isEquivalent(fixed, spec)
}

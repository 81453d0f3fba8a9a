import type { FlowSchemaSpec, PriorityLevelConfigurationSpec } from '../generated/types.ts'
import { isEquivalent } from '../validation/equality.ts'
import { mandatoryFlowSchemas } from './defaults/flow-schemas.ts'
import { mandatoryLevels } from './defaults/levels.ts'

const flowSchemas = new Map(mandatoryFlowSchemas.map(({ metadata, spec }) => [metadata.name, spec]))

/** Whether a FlowSchema whose spec is fixed has that; undefined: it is none of those. */
export const isMandatoryFlowSchema = (name: string, spec: FlowSchemaSpec): boolean | undefined => {
  const fixed = flowSchemas.get(name)
  return fixed && isEquivalent(fixed, spec)
}

const withoutExempt = ({ exempt: _, ...spec }: PriorityLevelConfigurationSpec) => spec
const levels = new Map(mandatoryLevels.map(({ metadata, spec }) => [metadata.name, withoutExempt(spec)]))

/** The same of a PriorityLevelConfiguration, whose `exempt` is free. */
export const isMandatoryLevel = (name: string, spec: PriorityLevelConfigurationSpec): boolean | undefined => {
  const fixed = levels.get(name)
  return fixed && isEquivalent(fixed, withoutExempt(spec))
}

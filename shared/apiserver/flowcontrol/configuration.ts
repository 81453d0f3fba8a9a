import type { Cache } from '../../client/cache.ts'
import type { Resource } from '../../client/client.ts'
import { catchAllSchema, exemptSchema } from '../../resources/flowcontrol/defaults/flow-schemas.ts'
import { catchAllLevel, exemptLevel } from '../../resources/flowcontrol/defaults/levels.ts'
import {
  type FlowSchema,
  flowSchemas,
  type PriorityLevelConfiguration,
  priorityLevelConfigurations,
} from '../../resources/resource.ts'
import { byPrecedence } from './classification.ts'

export const flowControlResources: readonly Resource[] = [flowSchemas, priorityLevelConfigurations]

export interface FlowControlConfiguration {
  readonly levels: readonly PriorityLevelConfiguration[]
  /** in the order in which they are tried; the last takes every request */
  readonly schemas: readonly FlowSchema[]
}

/** What objects say, and where there are none of the mandatory ones, those. A FlowSchema that names no level counts for nothing. */
export const configurationOf = (cache: Cache): FlowControlConfiguration => {
  const known = cache.list(priorityLevelConfigurations)
  const levels = [...known, ...missing([exemptLevel, catchAllLevel], known)]
  const names = new Set(known.map(({ metadata }) => metadata.name))
  const usable = cache.list(flowSchemas).filter(({ spec }) => names.has(spec.priorityLevelConfiguration.name))
  const [exempt, catchAll] = [exemptSchema, catchAllSchema].map((one) => missing([one], usable))
  return { levels, schemas: [...exempt!, ...usable.sort(byPrecedence), ...catchAll!] }
}

const missing = <T extends FlowSchema | PriorityLevelConfiguration>(mandatory: readonly T[], known: readonly T[]): T[] =>
  mandatory.filter(({ metadata }) => !known.some((one) => one.metadata.name === metadata.name))

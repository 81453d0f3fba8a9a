import type { Case } from './case.ts'
import { actions } from './cases/actions.ts'
import { annotations } from './cases/annotations.ts'
import { asking } from './cases/asking.ts'
import { failures } from './cases/failures.ts'
import { matching } from './cases/matching.ts'
import { messages } from './cases/messages.ts'
import { operations } from './cases/operations.ts'
import { paramCases } from './cases/params.ts'
import { reports } from './cases/reports.ts'
import { types } from './cases/types.ts'
import { variables } from './cases/variables.ts'

/** Of names: NS is one of these with a number. */
export const prefix = 'facts-of-policies'

export const cases: readonly Case[] = [
  ...messages,
  ...failures,
  ...actions,
  ...annotations,
  ...operations,
  ...matching,
  ...paramCases,
  ...variables,
  ...asking,
  ...types,
  ...reports,
]

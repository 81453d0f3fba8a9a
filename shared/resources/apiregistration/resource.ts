import type { KubeObject } from '../../meta/object.ts'
import type * as wire from '../generated/types.ts'

/** Which server answers for a version of a group. */
export interface APIService extends KubeObject {
  spec: wire.APIServiceSpec
  status?: wire.APIServiceStatus | undefined
}

export type APIServiceCondition = wire.APIServiceCondition

export const availableOf = ({ status }: APIService): APIServiceCondition | undefined =>
  status?.conditions?.find(({ type }) => type === 'Available')

/** `now`: RFC 3339 in seconds */
export const localCondition = (now: string): APIServiceCondition => ({
  type: 'Available',
  status: 'True',
  lastTransitionTime: now,
  reason: 'Local',
  message: 'Local APIServices are always available',
})

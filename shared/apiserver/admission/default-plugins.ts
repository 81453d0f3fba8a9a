import type { AdmissionPlugin } from './admission.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { nodeRestriction } from './node-restriction.ts'
import { priority } from './priority.ts'
import { serviceAccount } from './service-account.ts'
import { createServiceAddress, type ServiceAddressOptions } from './service-address.ts'
import { taintNodesByCondition } from './taint-nodes-by-condition.ts'

/** What every cluster runs, in order. */
export const createDefaultAdmission = (options: ServiceAddressOptions = {}): AdmissionPlugin[] => [
  namespaceLifecycle,
  serviceAccount,
  defaultTolerationSeconds,
  priority,
  nodeRestriction,
  taintNodesByCondition,
  createServiceAddress(options),
]

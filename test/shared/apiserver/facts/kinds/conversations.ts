import { admission } from './admission.ts'
import { admissionPolicies } from './admission-policies.ts'
import { aggregation } from './aggregation.ts'
import { appArmor } from './app-armor.ts'
import { apply } from './apply.ts'
import { applyVersions } from './apply-versions.ts'
import { authorization } from './authorization.ts'
import { autoscaling } from './autoscaling.ts'
import { batch } from './batch.ts'
import { bindingFacts } from './bindings.ts'
import { classes } from './classes.ts'
import { componentFacts } from './components.ts'
import type { Said } from './conversation.ts'
import { debugging } from './debugging.ts'
import { devices } from './devices.ts'
import { limits } from './limits.ts'
import { networking } from './networking.ts'
import { podSecurity } from './pod-security.ts'
import { policy } from './policy.ts'
import { quota } from './quota.ts'
import { quotaUse } from './quota-use.ts'
import { rbac } from './rbac.ts'
import { storage } from './storage.ts'
import { volumesConversation } from './volumes.ts'
import { webhooks } from './webhooks.ts'
import { workloads } from './workloads.ts'

/** By the file that has the answers. */
export const conversations: Readonly<Record<string, readonly Said[]>> = {
  admission,
  'admission-policies': admissionPolicies,
  aggregation,
  'app-armor': appArmor,
  apply,
  'apply-versions': applyVersions,
  autoscaling,
  batch,
  bindings: bindingFacts,
  classes,
  components: componentFacts,
  limits,
  debugging,
  devices,
  networking,
  'pod-security': podSecurity,
  policy,
  quota,
  'quota-use': quotaUse,
  rbac,
  storage,
  volumes: volumesConversation,
  webhooks,
  workloads,
  // what it makes is in the lists of others
  authorization,
}

import type { AdmissionPlugin } from './admission.ts'
import { type AwsRoleOptions, createAwsRole } from './aws-role.ts'
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificate-signer.ts'
import { defaultIngressClass } from './default-ingress-class.ts'
import { defaultStorageClass } from './default-storage-class.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { denyServiceExternalIPs } from './deny-service-external-ips.ts'
import { limitRanger } from './limit-ranger.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { nodeRestriction } from './node-restriction.ts'
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts'
import { podSecurity } from './pod-security.ts'
import { podTopologyLabels } from './pod-topology-labels.ts'
import { policyParamAccess } from './policies/param-access.ts'
import { validatingPolicies } from './policies/validating-policies.ts'
import { priority } from './priority.ts'
import { createResourceQuota } from './resource-quota.ts'
import { runtimeClass } from './runtime-class.ts'
import { createSecretStore } from './secret-store.ts'
import { createServiceAccount } from './service-account.ts'
import { createServiceAddress, type ServiceAddressOptions } from './service-address.ts'
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts'
import { taintNodesByCondition } from './taint-nodes-by-condition.ts'
import { createWebhookMetrics, type WebhookMetrics } from './webhooks/metrics.ts'
import { createMutatingWebhooks } from './webhooks/mutating.ts'
import { createValidatingWebhooks } from './webhooks/validating.ts'

export interface DefaultAdmissionOptions extends ServiceAddressOptions {
  /** where Secrets may ask to be kept, besides the store; default: nowhere */
  readonly secretStores?: readonly string[] | undefined
  /** service accounts may name IAM roles for their pods; default: annotations that do so mean nothing */
  readonly awsRoles?: AwsRoleOptions | undefined
  /** whether Services may take addresses from outside the cluster (`spec.externalIPs`); default: not */
  readonly externalIPs?: boolean | undefined
  /** where calls of webhooks are counted */
  readonly webhookMetrics?: WebhookMetrics | undefined
}

/** What every cluster runs, in upstream's order; our own stand where they are first needed. */
export const createDefaultAdmission = (options: DefaultAdmissionOptions = {}): AdmissionPlugin[] => {
  const { webhookMetrics = createWebhookMetrics() } = options
  return [
    namespaceLifecycle,
    limitRanger,
    createServiceAccount(options.awsRoles ? [createAwsRole(options.awsRoles)] : []),
    nodeRestriction,
    taintNodesByCondition,
    podSecurity,
    priority,
    defaultTolerationSeconds,
    defaultStorageClass,
    storageObjectInUseProtection,
    persistentVolumeClaimResize,
    runtimeClass,
    certificateApproval,
    certificateSigning,
    certificateSubjectRestriction,
    defaultIngressClass,
    createSecretStore(options.secretStores ?? []),
    ...(options.externalIPs ? [] : [denyServiceExternalIPs]),
    podTopologyLabels,
    createServiceAddress(options),
    policyParamAccess,
    createMutatingWebhooks({ metrics: webhookMetrics }),
    validatingPolicies,
    createValidatingWebhooks({ metrics: webhookMetrics }),
    createResourceQuota(),
  ]
}

import type { AdmissionAttributes } from '../admission.ts'

const kinds = ['WebhookConfiguration', 'AdmissionPolicy', 'AdmissionPolicyBinding'].flatMap((kind) => [
  `Validating${kind}`,
  `Mutating${kind}`,
])

/** What says who is asked is asked about by nobody, or a broken one could never be mended. */
export const isExempt = ({ definition: { group, kind } }: AdmissionAttributes): boolean =>
  group === 'admissionregistration.k8s.io' && kinds.includes(kind)

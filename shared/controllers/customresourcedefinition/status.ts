import { X509Certificate } from 'node:crypto'
import { jsonEqual } from '../../meta/json-equal.ts'
import { type ApprovalState, approvalOf, isProtectedGroup } from '../../resources/apiextensions/group-approval.ts'
import { type CrdCondition, type CustomResourceDefinition, conditionOf, isTrue } from '../../resources/apiextensions/resource.ts'
import { setCondition } from '../../resources/apiextensions/set-condition.ts'
import { judgeNames } from './names.ts'

type Condition = Omit<CrdCondition, 'lastTransitionTime'>

/**
 * A definition with what its status should say: which of its names it has, and whether it is served. Undefined: it says so. `others`: of the same group.
 * `now`: RFC 3339 in seconds.
 */
export const judgeStatus = (
  crd: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
  now: string,
): CustomResourceDefinition | undefined => {
  const { accepted, conflict } = judgeNames(crd, others)
  const next = { ...crd, status: { ...crd.status, acceptedNames: accepted } }
  setCondition(next, now, namesCondition(conflict))
  if (!isTrue(crd, 'Established')) setCondition(next, now, establishedCondition(next))
  const approval = approvalCondition(crd)
  if (approval) setCondition(next, now, approval)
  return jsonEqual(next.status, crd.status) ? undefined : next
}

const namesCondition = (conflict: { reason: string; message: string } | undefined): Condition =>
  conflict
    ? { type: 'NamesAccepted', status: 'False', ...conflict }
    : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }

/** Upstream says `Installing` in between, until its own handler has heard of it; here whoever is asked looks. */
const establishedCondition = (crd: CustomResourceDefinition): Condition => {
  const type = 'Established'
  if (!isTrue(crd, 'NamesAccepted')) {
    const old = conditionOf(crd, type)
    return old ?? { type, status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
  }
  if (!isReadable(crd.spec.conversion?.webhook?.clientConfig?.caBundle)) {
    return { type, status: 'False', reason: 'InvalidCABundle', message: 'The conversion webhook CABundle is invalid' }
  }
  return { type, status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }
}

const isReadable = (bundle: string | undefined): boolean => {
  if (!bundle) return true
  const blocks =
    Buffer.from(bundle, 'base64')
      .toString()
      .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.some((block) => {
    try {
      return new X509Certificate(block) !== undefined
    } catch {
      return false
    }
  })
}

const approvalReasons: Readonly<Record<ApprovalState, readonly [status: string, reason: string]>> = {
  approved: ['True', 'ApprovedAnnotation'],
  bypassed: ['False', 'UnapprovedAnnotation'],
  invalid: ['False', 'InvalidAnnotation'],
  missing: ['False', 'MissingAnnotation'],
}

const approvalCondition = ({ metadata, spec }: CustomResourceDefinition): Condition | undefined => {
  if (!isProtectedGroup(spec.group)) return undefined
  const { state, reason: message } = approvalOf(metadata.annotations)
  const [status, reason] = approvalReasons[state]
  return { type: 'KubernetesAPIApprovalPolicyConformant', status, reason, message }
}

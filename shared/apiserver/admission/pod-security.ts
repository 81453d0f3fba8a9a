import { type FieldError, invalid } from '../../meta/field-error.ts'
import { jsonEqual } from '../../meta/json-equal.ts'
import type { Container } from '../../resources/generated/types.ts'
import { type Namespace, namespaces, type Pod } from '../../resources/resource.ts'
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from './admission.ts'
import { type Checked, checkedOf } from './pod-security/check.ts'
import { detailsText, violations } from './pod-security/evaluate.ts'
import { warningsOfPods } from './pod-security/namespace-pods.ts'
import { makesPods, templateOf } from './pod-security/pod-template.ts'
import {
  isFullyPrivileged,
  isStricter,
  type LevelVersion,
  labelPrefix,
  policyOf,
  privileged,
  sameLevelVersion,
  textOf,
} from './pod-security/policy.ts'
import { refuse } from './refuse.ts'

/**
 * Holds pods to what their namespace's labels ask for: pods are refused, what makes pods is warned of.
 * https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  validate: async (attributes, environment) => {
    const { operation, definition, subresource } = attributes
    if (operation === 'DELETE') return
    if (definition.group === '' && definition.plural === 'pods') {
      if (!otherSubresources.has(subresource)) await checkPod(attributes, environment)
    } else if (subresource === '') {
      if (definition.group === '' && definition.plural === 'namespaces') await checkNamespace(attributes, environment)
      else if (makesPods(definition)) await checkTemplate(attributes, environment)
    }
  },
}

/** of pods, that do not carry one */
const otherSubresources = new Set(['exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status'])

const labelsOf = async ({ namespace }: AdmissionAttributes, { current }: AdmissionEnvironment) =>
  (await current.get(namespaces, '', namespace))?.metadata.labels

const checkPod = async (attributes: AdmissionAttributes, environment: AdmissionEnvironment): Promise<void> => {
  const pod = attributes.object as Pod
  if (attributes.operation === 'UPDATE' && !isSignificant(pod, attributes.oldObject as Pod)) return
  const { policy, errors } = policyOf(await labelsOf(attributes, environment))
  if (errors.length === 0 && isFullyPrivileged(policy)) {
    annotate(attributes, 'enforce-policy', textOf(privileged))
    return
  }
  const checked = checkedOf(pod.metadata, pod.spec)
  annotate(attributes, 'enforce-policy', textOf(policy.enforce))
  const found = detailsText(violations(policy.enforce, checked))
  tell(attributes, checked, { ...policy, errors, refused: found !== '' })
  if (found !== '') throw refuse(attributes, `violates PodSecurity "${textOf(policy.enforce)}": ${found}`)
}

/** What makes pods is only told of. */
const checkTemplate = async (attributes: AdmissionAttributes, environment: AdmissionEnvironment): Promise<void> => {
  const { policy, errors } = policyOf(await labelsOf(attributes, environment))
  if (errors.length === 0 && policy.warn.level === 'privileged' && policy.audit.level === 'privileged') return
  const template = templateOf(attributes.definition, attributes.object!)
  if (template) tell(attributes, template, { ...policy, errors, refused: false })
}

const tell = (
  attributes: AdmissionAttributes,
  checked: Checked,
  { audit, warn, errors, refused }: { audit: LevelVersion; warn: LevelVersion; errors: readonly FieldError[]; refused: boolean },
): void => {
  if (errors.length > 0) annotate(attributes, 'error', `Failed to parse policy: ${listText(errors)}`)
  const would = (policy: LevelVersion): string | undefined => {
    const found = violations(policy, checked)
    return found.length > 0 ? `would violate PodSecurity "${textOf(policy)}": ${detailsText(found)}` : undefined
  }
  const audited = would(audit)
  if (audited) annotate(attributes, 'audit-violations', audited)
  const warned = refused ? undefined : would(warn)
  if (warned) attributes.warnings.push(warned)
}

const listText = (errors: readonly FieldError[]): string => {
  const texts = errors.map(({ field, message }) => `${field}: ${message}`)
  return texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`
}

const annotate = ({ auditAnnotations }: AdmissionAttributes, name: string, text: string): void => {
  auditAnnotations[`${labelPrefix}${name}`] = text
}

const checkNamespace = async (attributes: AdmissionAttributes, environment: AdmissionEnvironment): Promise<void> => {
  const { definition, oldObject, warnings } = attributes
  const { metadata } = attributes.object as Namespace
  const { policy, errors } = policyOf(metadata.labels)
  const old = oldObject && policyOf(oldObject.metadata.labels)
  if (errors.length > 0 && !(old && jsonEqual(errors, old.errors)))
    throw invalid(definition.group, definition.kind, metadata.name, [...errors])
  if (!old || !isTightened(policy.enforce, old.policy.enforce)) return
  const there = (await environment.list('pods', metadata.name)) as Pod[]
  warnings.push(...warningsOfPods(metadata.name, policy.enforce, { pods: there, now: () => environment.clock.now() }))
}

const isTightened = (now: LevelVersion, before: LevelVersion): boolean => {
  if (sameLevelVersion(now, before) || now.level === 'privileged') return false
  return now.version !== before.version || isStricter(now.level, before.level)
}

/** Of what a pod may change, its images. */
const isSignificant = ({ spec }: Pod, { spec: old }: Pod): boolean => {
  const changed = (now: readonly Container[] = [], before: readonly Container[] = []) =>
    now.length !== before.length || now.some(({ image }, index) => image !== before[index]!.image)
  if (changed(spec.containers, old.containers) || changed(spec.initContainers, old.initContainers)) return true
  return (spec.ephemeralContainers ?? []).some(
    ({ name, image }) => old.ephemeralContainers?.find((one) => one.name === name)?.image !== image,
  )
}

import { duplicateValue, type FieldError, forbiddenField, invalidValue } from '../../../../meta/field-error.ts'
import { dns1123Subdomain, qualifiedName } from '../../../../meta/names.ts'
import type { Container, ContainerStatus, PodStatus } from '../../../generated/types.ts'
import type { Pod } from '../../../resource.ts'
import { immutable } from '../../../validation/equality.ts'
import { ipFamily, validIP } from '../../../validation/ip.ts'
import { checked, createSeen, each } from '../../../validation/value.ts'
import { validateAnnotationChanges, validatePodAnnotations } from './annotation.ts'

export const validatePodStatusUpdate = (pod: Pod, old: Pod): FieldError[] => {
  const [status, before] = [pod.status ?? {}, old.status ?? {}]
  return [
    ...validateAnnotationChanges(pod, old),
    ...validatePodAnnotations('metadata.annotations', pod.metadata.annotations, pod.spec),
    ...validateConditions(status),
    ...validateNominatedNode(status, before, old),
    ...((status.observedGeneration ?? 0) < 0
      ? [invalidValue('status.observedGeneration', status.observedGeneration, 'must be a non-negative integer')]
      : []),
    ...immutable('status.qosClass', status.qosClass, before.qosClass),
    ...validateTransitions('containerStatuses', pod, old),
    ...validateTransitions('initContainerStatuses', pod, old),
    ...validateClaimStatuses('status.resourceClaimStatuses', status.resourceClaimStatuses, pod.spec.resourceClaims),
    ...validateIPs('status.podIPs', status.podIPs),
    ...(status.hostIPs?.length && status.hostIP !== status.hostIPs[0]?.ip
      ? [invalidValue('status.hostIPs[0].ip', status.hostIPs[0]?.ip, 'must be equal to `hostIP`')]
      : []),
    ...validateIPs('status.hostIPs', status.hostIPs),
  ]
}

const validateClaimStatuses = (
  path: string,
  statuses: PodStatus['resourceClaimStatuses'],
  claims: Pod['spec']['resourceClaims'],
): FieldError[] => {
  const seen = createSeen()
  return each(path, statuses, (statusPath, { name = '', resourceClaimName }) => {
    const at = `${statusPath}.name`
    return [
      ...(claims?.some((claim) => claim.name === name)
        ? []
        : [invalidValue(at, name, 'must match the name of an entry in `spec.resourceClaims`')]),
      ...(seen(name) ? [duplicateValue(at, name)] : []),
      ...(resourceClaimName === undefined ? [] : checked(at, resourceClaimName, (value) => dns1123Subdomain(value))),
    ]
  })
}

const validateConditions = ({ conditions }: PodStatus): FieldError[] =>
  each('status.conditions', conditions, (path, { type, observedGeneration = 0 }) => [
    ...(observedGeneration < 0
      ? [invalidValue(`${path}.observedGeneration`, observedGeneration, 'must be a non-negative integer')]
      : []),
    ...checked(`${path}.Type`, type, qualifiedName),
  ])

const validateNominatedNode = ({ nominatedNodeName }: PodStatus, before: PodStatus, old: Pod): FieldError[] => {
  const path = 'status.nominatedNodeName'
  if (!nominatedNodeName || nominatedNodeName === before.nominatedNodeName) return []
  return [
    ...checked(path, nominatedNodeName, (name) => dns1123Subdomain(name)),
    ...(old.spec.nodeName ? [forbiddenField(path, 'may not be set on pods that are already bound to a node')] : []),
  ]
}

const validateIPs = (path: string, ips: PodStatus['podIPs']): FieldError[] => {
  const families = (ips ?? []).map(({ ip }) => ipFamily(ip ?? ''))
  return [
    ...each(path, ips, (ipPath, { ip = '' }) => validIP(ipPath, ip)),
    ...(new Set(families).size < families.length
      ? [
          invalidValue(
            path,
            ips?.map(({ ip }) => ({ IP: ip })),
            'may specify no more than one IP for each IP family',
          ),
        ]
      : []),
  ]
}

type StatusList = 'containerStatuses' | 'initContainerStatuses'

const specLists = { containerStatuses: 'containers', initContainerStatuses: 'initContainers' } as const

/** What has ended for good stays ended. */
const validateTransitions = (list: StatusList, pod: Pod, old: Pod): FieldError[] =>
  each(`status.${list}`, old.status?.[list], (path, before: ContainerStatus) => {
    const exitCode = before.state?.terminated?.exitCode
    if (exitCode === undefined) return []
    const now = pod.status?.[list]?.find(({ name }) => name === before.name)
    if (!now || now.state?.terminated) return []
    const container = old.spec[specLists[list]]?.find(({ name }) => name === before.name)
    return container && mayRestart(container, old.spec.restartPolicy, exitCode)
      ? []
      : [forbiddenField(`${path}.state`, 'may not be transitioned to non-terminated state')]
  })

/** The first rule that is about the exit code decides, then the container's own policy, then the pod's. */
const mayRestart = (container: Container, podPolicy: string | undefined, exitCode: number): boolean => {
  const rule = container.restartPolicyRules?.find(({ exitCodes }) => {
    const isListed = exitCodes?.values?.includes(exitCode) ?? false
    return exitCodes?.operator === 'NotIn' ? !isListed : isListed
  })
  if (rule) return rule.action === 'Restart'
  const policy = container.restartPolicy ?? podPolicy
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

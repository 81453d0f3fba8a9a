import { type FieldError, invalidValue } from '../../../meta/field-error.ts'
import type { AppArmorProfile, Container, ObjectMeta, PodSpec } from '../../generated/types.ts'
import type { Pod } from '../../resource.ts'
import { descendingPath } from '../../validation/file-path.ts'
import { validateAppArmor } from './validation/security.ts'

/** Seccomp and AppArmor profiles were annotations once; of the first only their form is still looked at. */
export const seccompOfPod = 'seccomp.security.alpha.kubernetes.io/pod'
export const seccompOfContainer = 'container.seccomp.security.alpha.kubernetes.io/'
export const appArmorOfContainer = 'container.apparmor.security.beta.kubernetes.io/'
export const localhost = 'localhost/'

export const validateProfileAnnotations = (
  path: string,
  values: Readonly<Record<string, string>>,
  spec: PodSpec | undefined,
): FieldError[] =>
  Object.entries(values).flatMap(([key, value]) => {
    if (key === seccompOfPod || key.startsWith(seccompOfContainer)) return validateSeccomp(`${path}.${key}`, value)
    if (!key.startsWith(appArmorOfContainer)) return []
    const name = key.slice(appArmorOfContainer.length)
    const keyPath = `${path}[${key}]`
    return [
      ...(containersOf(spec).some((container) => container.name === name)
        ? []
        : [invalidValue(keyPath, name, 'container not found')]),
      ...(['', 'runtime/default', 'unconfined'].includes(value) || value.startsWith(localhost)
        ? []
        : [invalidValue(keyPath, value, `invalid AppArmor profile name: ${JSON.stringify(value)}`)]),
    ]
  })

const containersOf = (spec: PodSpec | undefined): readonly Container[] => [
  ...(spec?.initContainers ?? []),
  ...(spec?.containers ?? []),
]

const validateSeccomp = (path: string, profile: string): FieldError[] => {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return []
  return profile.startsWith(localhost)
    ? descendingPath(path, profile.slice(localhost.length))
    : [invalidValue(path, profile, 'must be a valid seccomp profile')]
}

const appArmorAdvice = 'deprecated since v1.30; use the "appArmorProfile" field instead'

/** undefined: it names none */
const appArmorOf = (annotation: string): AppArmorProfile | undefined => {
  if (annotation === 'unconfined') return { type: 'Unconfined' }
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' }
  const name = annotation.startsWith(localhost) ? annotation.slice(localhost.length) : ''
  return name === '' ? undefined : { type: 'Localhost', localhostProfile: name }
}

const isSame = (a: AppArmorProfile | undefined, b: AppArmorProfile | undefined): boolean =>
  a?.type === b?.type && a?.localhostProfile === b?.localhostProfile

/** AppArmor profiles that a new pod has by annotation become fields, where the pod's own is another. Returns texts of warnings. */
export const appArmorToFields = ({ metadata: { annotations = {} }, spec }: Pod): string[] =>
  spec.os?.name === 'windows'
    ? []
    : containersOf(spec).flatMap((container) => {
        const key = `${appArmorOfContainer}${container.name}`
        if (!Object.hasOwn(annotations, key) || container.securityContext?.appArmorProfile) return []
        const found = appArmorOf(annotations[key]!)
        const profile = found && validateAppArmor('', found).length === 0 ? found : undefined
        if (profile && isSame(profile, spec.securityContext?.appArmorProfile)) return []
        if (profile) container.securityContext = { ...container.securityContext, appArmorProfile: profile }
        return [`metadata.annotations[${key}]: ${appArmorAdvice}`]
      })

/** `prefix` is what stands before `metadata`; '' of a pod, whose AppArmor profiles were warned of when they became fields. */
export const profileAnnotationWarnings = (prefix: string, spec: PodSpec, { annotations = {} }: ObjectMeta): string[] => {
  const warn = (key: string, text: string) =>
    Object.hasOwn(annotations, key) ? [`${prefix}metadata.annotations[${key}]: ${text}`] : []
  const ofPod = spec.securityContext?.appArmorProfile
  const isOfPod = (name: string) => ofPod && isSame(ofPod, appArmorOf(annotations[`${appArmorOfContainer}${name}`] ?? ''))
  const seccomp = 'non-functional in v1.27+; use the "seccompProfile" field instead'
  return [
    ...(spec.securityContext?.seccompProfile ? [] : warn(seccompOfPod, seccomp)),
    ...containersOf(spec).flatMap(({ name, securityContext }) => [
      ...(securityContext?.seccompProfile ? [] : warn(`${seccompOfContainer}${name}`, seccomp)),
      ...(prefix === '' || securityContext?.appArmorProfile || isOfPod(name)
        ? []
        : warn(`${appArmorOfContainer}${name}`, appArmorAdvice)),
    ]),
  ]
}

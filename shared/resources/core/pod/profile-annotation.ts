import { type FieldError, invalidValue } from '../../../meta/field-error.ts'
import type { Container, ObjectMeta, PodSpec } from '../../generated/types.ts'
import { descendingPath } from '../../validation/file-path.ts'

/** Seccomp and AppArmor profiles were annotations once; only their form is still looked at. */
const seccompOfPod = 'seccomp.security.alpha.kubernetes.io/pod'
const seccompOfContainer = 'container.seccomp.security.alpha.kubernetes.io/'
export const appArmorOfContainer = 'container.apparmor.security.beta.kubernetes.io/'
const localhost = 'localhost/'

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

/** `prefix` is what stands before `metadata`. */
export const profileAnnotationWarnings = (prefix: string, spec: PodSpec, { annotations = {} }: ObjectMeta): string[] => {
  const warn = (key: string, text: string) =>
    Object.hasOwn(annotations, key) ? [`${prefix}metadata.annotations[${key}]: ${text}`] : []
  const seccomp = 'non-functional in v1.27+; use the "seccompProfile" field instead'
  return [
    ...(spec.securityContext?.seccompProfile ? [] : warn(seccompOfPod, seccomp)),
    ...containersOf(spec).flatMap(({ name, securityContext }) => [
      ...(securityContext?.seccompProfile ? [] : warn(`${seccompOfContainer}${name}`, seccomp)),
      ...(securityContext?.appArmorProfile
        ? []
        : warn(`${appArmorOfContainer}${name}`, 'deprecated since v1.30; use the "appArmorProfile" field instead')),
    ]),
  ]
}

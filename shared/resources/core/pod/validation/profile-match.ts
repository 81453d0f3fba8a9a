import { type FieldError, forbiddenField } from '../../../../meta/field-error.ts'
import type { ObjectMeta, PodSpec } from '../../../generated/types.ts'
import { appArmorOfContainer, localhost, seccompOfContainer, seccompOfPod } from '../profile-annotation.ts'
import { eachContainer } from './each-container.ts'

interface Profile {
  readonly type: string
  readonly localhostProfile?: string | undefined
}

/** What an annotation says where it means what the field of a type says. */
const meanings: Readonly<Record<string, readonly string[]>> = {
  Unconfined: ['unconfined'],
  RuntimeDefault: ['runtime/default'],
}

interface Said {
  readonly what: 'seccomp' | 'apparmor'
  readonly annotation: string | undefined
  readonly profile: Profile | undefined
  /** other words of the same meaning */
  readonly alsoDefault?: string | undefined
}

const match = (path: string, { what, annotation, profile, alsoDefault }: Said): FieldError[] => {
  if (annotation === undefined || !profile) return []
  const mismatch = [forbiddenField(`${path}.type`, `${what} type in annotation and field must match`)]
  if (profile.type === 'Localhost') {
    if (!annotation.startsWith(localhost)) return mismatch
    return annotation.slice(localhost.length) === profile.localhostProfile
      ? []
      : [forbiddenField(`${path}.localhostProfile`, `${what} profile in annotation and field must match`)]
  }
  const words = meanings[profile.type]
  if (!words || words.includes(annotation)) return []
  return profile.type === 'RuntimeDefault' && annotation === alsoDefault ? [] : mismatch
}

/** Annotations of profiles say what the fields say, where there are both. On creation. */
export const validateProfileMatch = (path: string, { annotations = {} }: Partial<ObjectMeta>, spec: PodSpec): FieldError[] => {
  const docker = 'docker/default'
  const ofPod = spec.securityContext?.appArmorProfile
  return [
    ...match(`${path}.securityContext.seccompProfile`, {
      what: 'seccomp',
      annotation: annotations[seccompOfPod],
      profile: spec.securityContext?.seccompProfile,
      alsoDefault: docker,
    }),
    ...eachContainer(path, spec, (at, { name, securityContext }) =>
      match(`${at}.securityContext.seccompProfile`, {
        what: 'seccomp',
        annotation: annotations[`${seccompOfContainer}${name}`],
        profile: securityContext?.seccompProfile,
        alsoDefault: docker,
      }),
    ),
    ...(spec.os?.name === 'windows'
      ? []
      : eachContainer(path, spec, (at, { name, securityContext }) =>
          match(`${at}.securityContext.appArmorProfile`, {
            what: 'apparmor',
            annotation: annotations[`${appArmorOfContainer}${name}`],
            profile: securityContext?.appArmorProfile ?? ofPod,
          }),
        )),
  ]
}

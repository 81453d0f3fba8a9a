import {
  type Check,
  type Checked,
  containersOf,
  containersText,
  namesOf,
  plural,
  quoted,
  settersText,
  sorted,
  unlessWindows,
} from '../check.ts'

const podAnnotation = 'seccomp.security.alpha.kubernetes.io/pod'
const containerPrefix = 'container.seccomp.security.alpha.kubernetes.io/'
const reason = 'seccompProfile'

const isAllowed = (type: string) => type === 'RuntimeDefault' || type === 'Localhost'
const isAllowedText = (text: string) => text === 'runtime/default' || text === 'docker/default' || text.startsWith('localhost/')

/** of the time before there were fields */
const checkAnnotations = ({ annotations, spec }: Checked) => {
  const names = [podAnnotation, ...containersOf(spec).map(({ name }) => `${containerPrefix}${name}`)]
  const bad = sorted(
    names.flatMap((name) => {
      const text = annotations[name]
      return text === undefined || isAllowedText(text) ? [] : [`${name}=${JSON.stringify(text)}`]
    }),
  )
  return bad.length > 0
    ? { reason, detail: `forbidden ${plural(bad.length, 'annotation', 'annotations')} ${bad.join(', ')}` }
    : undefined
}

const checkFields = ({ spec }: Checked) => {
  const ofPod = spec.securityContext?.seccompProfile
  const podIsBad = ofPod !== undefined && !isAllowed(ofPod.type)
  const bad = containersOf(spec).filter(({ securityContext }) => {
    const profile = securityContext?.seccompProfile
    return profile !== undefined && !isAllowed(profile.type)
  })
  if (!podIsBad && bad.length === 0) return undefined
  const types = bad.map(({ securityContext }) => securityContext!.seccompProfile!.type)
  const setters = settersText(
    podIsBad,
    bad.map(({ name }) => name),
  )
  const values = sorted(podIsBad ? [ofPod.type, ...types] : types)
  return { reason, detail: `${setters} must not set securityContext.seccompProfile.type to ${quoted(values)}` }
}

/** Seccomp profile must not be explicitly set to Unconfined. */
export const seccompProfileBaseline: Check = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  versions: [
    { from: 0, check: checkAnnotations },
    { from: 19, check: checkFields },
  ],
}

const checkGiven = (pod: Checked) => {
  const { spec } = pod
  const bad = checkFields(pod)
  if (bad || spec.securityContext?.seccompProfile) return bad
  const silent = namesOf(spec, ({ securityContext }) => securityContext?.seccompProfile === undefined)
  return silent.length > 0
    ? {
        reason,
        detail: `pod or ${containersText(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
      }
    : undefined
}

const overrides = [seccompProfileBaseline.id]

/** Seccomp profile must be explicitly set to one of the allowed values. */
export const seccompProfileRestricted: Check = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  versions: [
    { from: 19, check: checkGiven, overrides },
    { from: 25, check: unlessWindows(checkGiven), overrides },
  ],
}

import { type Check, type Checked, containersOf, plural, quoted, settersText, sorted } from '../check.ts'

const annotationPrefix = 'container.apparmor.security.beta.kubernetes.io/'
const isAllowed = (type: string) => type === 'RuntimeDefault' || type === 'Localhost'
const isAllowedText = (text: string) => text === '' || text === 'runtime/default' || text.startsWith('localhost/')

const check = ({ annotations, spec }: Checked) => {
  const ofPod = spec.securityContext?.appArmorProfile
  const podIsBad = ofPod !== undefined && !isAllowed(ofPod.type)
  const bad = containersOf(spec).filter(({ securityContext }) => {
    const profile = securityContext?.appArmorProfile
    return profile !== undefined && !isAllowed(profile.type)
  })
  const badTexts = Object.entries(annotations)
    .filter(([name, text]) => name.startsWith(annotationPrefix) && !isAllowedText(text))
    .map(([name, text]) => `${name}=${JSON.stringify(text)}`)
  const types = bad.map(({ securityContext }) => securityContext!.appArmorProfile!.type)
  const values = [...sorted(podIsBad ? [ofPod.type, ...types] : types), ...badTexts.sort()]
  if (values.length === 0) return undefined
  const setters = [
    settersText(
      podIsBad,
      bad.map(({ name }) => name),
    ),
    ...(badTexts.length > 0 ? [plural(badTexts.length, 'annotation', 'annotations')] : []),
  ].filter(Boolean)
  return {
    reason: plural(values.length, 'forbidden AppArmor profile', 'forbidden AppArmor profiles'),
    detail: `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  }
}

/** On supported hosts the runtime's AppArmor profile is applied by default; it may be narrowed, not turned off. */
export const appArmorProfile: Check = { id: 'appArmorProfile', level: 'baseline', versions: [{ from: 0, check }] }

import { type Check, type Checked, containersText, namesOf, settersText, unlessUserNamespace } from '../check.ts'

const reason = 'runAsNonRoot != true'

const check = ({ spec }: Checked) => {
  const ofPod = spec.securityContext?.runAsNonRoot
  const explicitly = namesOf(spec, ({ securityContext }) => securityContext?.runAsNonRoot === false)
  if (ofPod === false || explicitly.length > 0)
    return { reason, detail: `${settersText(ofPod === false, explicitly)} must not set securityContext.runAsNonRoot=false` }
  const implicitly = ofPod ? [] : namesOf(spec, ({ securityContext }) => securityContext?.runAsNonRoot === undefined)
  return implicitly.length > 0
    ? { reason, detail: `pod or ${containersText(implicitly)} must set securityContext.runAsNonRoot=true` }
    : undefined
}

/** Containers must be required to run as non-root users; since 1.35 not in a user namespace. */
export const runAsNonRoot: Check = {
  id: 'runAsNonRoot',
  level: 'restricted',
  versions: [
    { from: 0, check },
    { from: 35, check: unlessUserNamespace(check) },
  ],
}

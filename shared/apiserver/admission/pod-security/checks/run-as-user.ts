import { type Check, type Checked, namesOf, settersText, unlessUserNamespace } from '../check.ts'

const check = ({ spec }: Checked) => {
  const setters = settersText(
    spec.securityContext?.runAsUser === 0,
    namesOf(spec, ({ securityContext }) => securityContext?.runAsUser === 0),
  )
  return setters === '' ? undefined : { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` }
}

/** Containers must not set runAsUser to 0; since 1.35 they may in a user namespace. */
export const runAsUser: Check = {
  id: 'runAsUser',
  level: 'restricted',
  versions: [
    { from: 23, check },
    { from: 35, check: unlessUserNamespace(check) },
  ],
}

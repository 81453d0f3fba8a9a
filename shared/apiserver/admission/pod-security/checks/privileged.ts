import { type Check, type Checked, containersText, namesOf } from '../check.ts'

const check = ({ spec }: Checked) => {
  const bad = namesOf(spec, ({ securityContext }) => securityContext?.privileged === true)
  return bad.length > 0
    ? { reason: 'privileged', detail: `${containersText(bad)} must not set securityContext.privileged=true` }
    : undefined
}

/** Privileged Pods disable most security mechanisms and must be disallowed. */
export const privileged: Check = { id: 'privileged', level: 'baseline', versions: [{ from: 0, check }] }

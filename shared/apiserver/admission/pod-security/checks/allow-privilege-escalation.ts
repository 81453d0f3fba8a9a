import { type Check, type Checked, containersText, namesOf, unlessWindows } from '../check.ts'

const check = ({ spec }: Checked) => {
  const bad = namesOf(spec, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
  if (bad.length === 0) return undefined
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersText(bad)} must set securityContext.allowPrivilegeEscalation=false`,
  }
}

/** Privilege escalation (such as via set-user-ID or set-group-ID file mode) should not be allowed. */
export const allowPrivilegeEscalation: Check = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  versions: [
    { from: 8, check },
    { from: 25, check: unlessWindows(check) },
  ],
}

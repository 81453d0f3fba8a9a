import { type Check, type Checked, containersOf, containersText, quoted, sorted } from '../check.ts'

const allowed = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

const check = ({ spec }: Checked) => {
  const found = containersOf(spec)
    .map(({ name, securityContext }) => ({
      name,
      added: (securityContext?.capabilities?.add ?? []).filter((one) => !allowed.has(one)),
    }))
    .filter(({ added }) => added.length > 0)
  if (found.length === 0) return undefined
  const names = containersText(found.map(({ name }) => name))
  return {
    reason: 'non-default capabilities',
    detail: `${names} must not include ${quoted(sorted(found.flatMap(({ added }) => added)))} in securityContext.capabilities.add`,
  }
}

/** Adding NET_RAW or capabilities beyond the default set must be disallowed. */
export const capabilitiesBaseline: Check = { id: 'capabilities_baseline', level: 'baseline', versions: [{ from: 0, check }] }

import type { Check, Checked, CheckVersion, Violation } from './check.ts'
import { allowPrivilegeEscalation } from './checks/allow-privilege-escalation.ts'
import { appArmorProfile } from './checks/app-armor-profile.ts'
import { capabilitiesBaseline } from './checks/capabilities-baseline.ts'
import { capabilitiesRestricted } from './checks/capabilities-restricted.ts'
import { hostNamespaces } from './checks/host-namespaces.ts'
import { hostPathVolumes } from './checks/host-path-volumes.ts'
import { hostPorts } from './checks/host-ports.ts'
import { hostProbesAndHostLifecycle } from './checks/host-probes-and-host-lifecycle.ts'
import { privileged } from './checks/privileged.ts'
import { procMount, procMountRestricted } from './checks/proc-mount.ts'
import { restrictedVolumes } from './checks/restricted-volumes.ts'
import { runAsNonRoot } from './checks/run-as-non-root.ts'
import { runAsUser } from './checks/run-as-user.ts'
import { seLinuxOptions } from './checks/se-linux-options.ts'
import { seccompProfileBaseline, seccompProfileRestricted } from './checks/seccomp-profile.ts'
import { sysctls } from './checks/sysctls.ts'
import { windowsHostProcess } from './checks/windows-host-process.ts'
import type { LevelVersion } from './policy.ts'

const checks: readonly Check[] = [
  allowPrivilegeEscalation,
  appArmorProfile,
  capabilitiesBaseline,
  capabilitiesRestricted,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndHostLifecycle,
  privileged,
  procMount,
  procMountRestricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seLinuxOptions,
  seccompProfileBaseline,
  seccompProfileRestricted,
  sysctls,
  windowsHostProcess,
]

/** The latest in which anything changed: later ones are the same. */
const newest = Math.max(...checks.flatMap(({ versions }) => versions.map(({ from }) => from)))

const ofLevel = (level: Check['level'], version: number): { id: string; check: CheckVersion }[] =>
  checks
    .filter((check) => check.level === level)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap(({ id, versions }) => {
      const check = versions.findLast(({ from }) => from <= version)
      return check ? [{ id, check }] : []
    })

/** What holds for a level, in the order in which violations are told: the baseline first. */
const checksOf = ({ level, version }: LevelVersion): CheckVersion[] => {
  const at = Math.min(version, newest)
  const baseline = ofLevel('baseline', at)
  const restricted = level === 'restricted' ? ofLevel('restricted', at) : []
  const overridden = restricted.flatMap(({ check }) => check.overrides ?? [])
  return [...baseline.filter(({ id }) => !overridden.includes(id)), ...restricted].map(({ check }) => check)
}

const known = new Map<string, CheckVersion[]>()

/** What a level forbids of a pod; nothing: it is allowed. */
export const violations = (policy: LevelVersion, pod: Checked): Violation[] => {
  if (policy.level === 'privileged') return []
  const key = `${policy.level} ${Math.min(policy.version, newest)}`
  const found = known.get(key) ?? checksOf(policy)
  known.set(key, found)
  return found.flatMap(({ check }) => check(pod) ?? [])
}

/** `hostPort (container "a" uses hostPort 80), privileged (…)` */
export const detailsText = (found: readonly Violation[]): string =>
  found.map(({ reason, detail }) => `${reason} (${detail})`).join(', ')

export const reasonsText = (found: readonly Violation[]): string => found.map(({ reason }) => reason).join(', ')

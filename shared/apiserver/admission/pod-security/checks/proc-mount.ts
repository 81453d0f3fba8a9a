import { type Check, type Checked, containersOf, containersText, quoted, sorted, unlessUserNamespace } from '../check.ts'

const check = ({ spec }: Checked) => {
  const bad = containersOf(spec).filter(({ securityContext }) => (securityContext?.procMount ?? 'Default') !== 'Default')
  if (bad.length === 0) return undefined
  const types = sorted(bad.map(({ securityContext }) => securityContext!.procMount!))
  return {
    reason: 'procMount',
    detail: `${containersText(bad.map(({ name }) => name))} must not set securityContext.procMount to ${quoted(types)}`,
  }
}

/** The default /proc masks are set up to reduce attack surface, and should be required; since 1.35 not of a pod in a user namespace. */
export const procMount: Check = {
  id: 'procMount',
  level: 'baseline',
  versions: [
    { from: 0, check },
    { from: 35, check: unlessUserNamespace(check) },
  ],
}

/** Restricted pods never may. */
export const procMountRestricted: Check = {
  id: 'procMount_restricted',
  level: 'restricted',
  versions: [{ from: 35, check, overrides: [procMount.id] }],
}

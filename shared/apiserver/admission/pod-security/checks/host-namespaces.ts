import type { Check, Checked } from '../check.ts'

const check = ({ spec }: Checked) => {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name])
  return shared.length > 0 ? { reason: 'host namespaces', detail: shared.map((name) => `${name}=true`).join(', ') } : undefined
}

/** Sharing the host network, PID, and IPC namespaces must be disallowed. */
export const hostNamespaces: Check = { id: 'hostNamespaces', level: 'baseline', versions: [{ from: 0, check }] }

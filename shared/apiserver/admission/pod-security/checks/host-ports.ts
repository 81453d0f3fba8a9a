import { type Check, type Checked, containersOf, containersText, plural, sorted } from '../check.ts'

const check = ({ spec }: Checked) => {
  const found = containersOf(spec)
    .map(({ name, ports = [] }) => ({ name, hostPorts: ports.flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : [])) }))
    .filter(({ hostPorts }) => hostPorts.length > 0)
  if (found.length === 0) return undefined
  const ports = sorted(found.flatMap(({ hostPorts }) => hostPorts))
  const names = found.map(({ name }) => name)
  return {
    reason: 'hostPort',
    detail: `${containersText(names)} ${plural(names.length, 'uses', 'use')} ${plural(ports.length, 'hostPort', 'hostPorts')} ${ports.join(', ')}`,
  }
}

/** HostPorts should be disallowed. */
export const hostPorts: Check = { id: 'hostPorts', level: 'baseline', versions: [{ from: 0, check }] }

import type { Check, Checked } from '../check.ts'

const check =
  (...allowed: readonly string[]) =>
  ({ spec }: Checked) => {
    const bad = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.includes(name))
    return bad.length > 0 ? { reason: 'forbidden sysctls', detail: bad.join(', ') } : undefined
  }

const first = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
]
const with27 = [...first, 'net.ipv4.ip_local_reserved_ports']
const with29 = [
  ...with27,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]
const with32 = [...with29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']

/** Sysctls can disable security mechanisms or affect all containers on a host, and should be disallowed except for an allowed "safe" subset. */
export const sysctls: Check = {
  id: 'sysctls',
  level: 'baseline',
  versions: [
    { from: 0, check: check(...first) },
    { from: 27, check: check(...with27) },
    { from: 29, check: check(...with29) },
    { from: 32, check: check(...with32) },
  ],
}

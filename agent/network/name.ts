import { createHash } from 'node:crypto'

/** carries the API server's address; also where packets for Services without rules end */
export const hostInterface = 'windlass0'

/** Interfaces of nodes and pods. 15 characters is the kernel's limit. */
export const interfacePattern = 'wl-*'

/** carries packets to other machines; its name fits the pattern, so the guards let it pass */
export const overlayInterface = 'wl-vxlan'

export const hostTable = 'windlass'

/** Marks our blackhole and unreachable routes: ones that somebody else laid are left alone. */
export const routeProtocol = '87'

export const isOwnInterface = (name: string) => name === hostInterface || name.startsWith(interfacePattern.slice(0, -1))

const digest = (text: string, length: number) => createHash('sha256').update(text).digest('hex').slice(0, length)

const short = (nodeName: string) =>
  /^[a-z0-9-]{1,12}$/.test(nodeName) ? nodeName : `${nodeName.replace(/[^a-z0-9-]/g, '').slice(0, 5)}-${digest(nodeName, 6)}`

export const nodeInterface = (nodeName: string) => `wl-${short(nodeName)}`

export const podInterface = (uid: string) => `wl-${digest(uid, 12)}`

export const nodeTable = (nodeName: string) => `windlass-node-${short(nodeName)}`

export const servicesTable = (nodeName: string) => `windlass-services-${short(nodeName)}`

/** `ip link` shows it; says whose pod an interface is. */
export const podAlias = (nodeName: string, namespace: string, name: string) =>
  `windlass ${nodeName} ${namespace}/${name}`.slice(0, 255)

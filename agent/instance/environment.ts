import { isRange, nthAddress } from '../../shared/meta/ipv4.ts'

/** What an instance's agent is told by its environment (`/etc/windlass/agent.env`, which `infra/` writes). */
export interface InstanceEnvironment {
  /** URL of the API with its stage; http only for a stand-in */
  readonly server: string
  /** the audience that its tokens are signed for */
  readonly clusterName: string
  readonly region: string
  readonly heartbeatQueueUrl: string
  /** names of mailboxes start with this; the node's name follows */
  readonly mailboxPrefix: string
  /** name or ARN */
  readonly ecsCluster: string
  /** where answers to the API server's questions go */
  readonly table: string
  readonly serviceCidr: string
  readonly podCidr: string
  readonly clusterDomain: string
  readonly clusterDNS: string
  readonly dataDir: string
  readonly dockerSocket: string
  /** URLs of what the instance itself serves */
  readonly metadataEndpoint: string
  readonly ecsAgentEndpoint: string
}

const required = {
  server: 'WINDLASS_SERVER',
  clusterName: 'WINDLASS_CLUSTER_NAME',
  region: 'AWS_REGION',
  heartbeatQueueUrl: 'WINDLASS_HEARTBEAT_QUEUE_URL',
  mailboxPrefix: 'WINDLASS_MAILBOX_PREFIX',
  ecsCluster: 'WINDLASS_ECS_CLUSTER',
  table: 'WINDLASS_TABLE',
  serviceCidr: 'WINDLASS_SERVICE_CIDR',
  podCidr: 'WINDLASS_POD_CIDR',
} as const

/** Those that only a stand-in for an instance sets. */
const defaults = {
  clusterDomain: ['WINDLASS_CLUSTER_DOMAIN', 'cluster.local'],
  dataDir: ['WINDLASS_DATA_DIR', '/var/lib/windlass'],
  dockerSocket: ['WINDLASS_DOCKER_SOCKET', '/var/run/docker.sock'],
  metadataEndpoint: ['AWS_EC2_METADATA_SERVICE_ENDPOINT', 'http://169.254.169.254'],
  ecsAgentEndpoint: ['WINDLASS_ECS_AGENT_ENDPOINT', 'http://127.0.0.1:51678'],
} as const

/** Throws an error that names every variable which is missing, or the one that makes no sense. */
export const readInstanceEnvironment = (source: Readonly<Record<string, string | undefined>>): InstanceEnvironment => {
  const missing = Object.values(required).filter((name) => !source[name])
  if (missing.length > 0) throw new Error(`the agent needs the environment variables ${missing.join(', ')}`)
  const told = Object.fromEntries(Object.entries(required).map(([key, name]) => [key, source[name]])) as Record<
    keyof typeof required,
    string
  >
  for (const key of ['serviceCidr', 'podCidr'] as const)
    if (!isRange(told[key])) throw new Error(`${required[key]} is "${told[key]}", but should be an IPv4 CIDR`)
  if (!URL.canParse(told.server)) throw new Error(`${required.server} is "${told.server}", but should be a URL`)
  const others = Object.fromEntries(
    Object.entries(defaults).map(([key, [name, fallback]]) => [key, source[name] || fallback]),
  ) as Record<keyof typeof defaults, string>
  return { ...told, ...others, clusterDNS: nthAddress(told.serviceCidr, 10) }
}

import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { clusterRange } from './addresses.ts'

export interface LocalOptions {
  readonly nodes: number
  readonly runtime: 'docker' | 'simulated'
  readonly dataDir: string
  readonly port: number
  /** undefined: the user's own, as kubectl finds it */
  readonly kubeconfig: string | undefined
  /** processes that answer API requests */
  readonly workers: number
  /** that one such process works on at once, shared by all priority levels */
  readonly maxRequestsInFlight: number
  /** how long a killed agent stays away before it is started again */
  readonly agentRestartSeconds: number
  /** undefined: who reads and changes what is secret is noted */
  readonly auditPolicyFile: string | undefined
  /** undefined: among the cluster's logs */
  readonly auditLogPath: string | undefined
  readonly verbose: boolean
  /** of pods and of Services; undefined: as the cluster was made, or the default */
  readonly podCidr: string | undefined
  readonly serviceCidr: string | undefined
  /** whether NodePorts, hostPorts and load balancers answer others than this machine */
  readonly expose: boolean
  /** whether Services may have externalIPs */
  readonly allowExternalIPs: boolean
}

export const usage = `usage: npm start -- [flags]

  --nodes N                  nodes of the cluster (1; with --runtime simulated up to 5000)
  --runtime docker|simulated real containers, or pods that only seem to run (docker)
  --data-dir DIR             where the cluster lives (~/.windlass)
  --port PORT                port of the API server (6443)
  --kubeconfig FILE          write this file, and touch no other
  --workers N                processes that answer API requests (1)
  --max-requests-inflight N  requests that such a process works on at once, shared by the priority levels (10)
  --agent-restart-seconds S  how long a killed node agent stays away (120)
  --pod-cidr CIDR            addresses of pods, a /24 for each node (10.244.0.0/16); chosen once for a cluster
  --service-cidr CIDR        addresses of Services (10.96.0.0/16); chosen once for a cluster
  --expose                   NodePorts, hostPorts and load balancers answer other machines too
  --allow-external-ips       Services may have externalIPs
  --audit-policy-file FILE   what the audit log says: an audit.k8s.io/v1 Policy (who reads and changes what is secret)
  --audit-log-path FILE      the audit log (logs/audit.log in the data directory)
  --verbose                  log to the terminal as well
  --help

npm run reset -- [--data-dir DIR] removes the cluster with all its containers and networks.
npm run rotate-key -- [--data-dir DIR] encrypts Secrets with a new key.`

/** What the user typed wrong; the message says what is right. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const defaultDataDir = () => join(homedir(), '.windlass')

/** Throws UsageError. `help` is undefined when it was asked for. */
export const parseOptions = (args: readonly string[]): LocalOptions | 'help' => {
  const { values } = parse(args)
  if (values.help) return 'help'
  const runtime = values.runtime ?? 'docker'
  if (runtime !== 'docker' && runtime !== 'simulated')
    throw new UsageError(`--runtime: "${runtime}" is neither docker nor simulated`)
  return {
    nodes: wholeNumber('--nodes', values.nodes ?? '1', 1, runtime === 'docker' ? 100 : 5000),
    runtime,
    dataDir: resolve(values['data-dir'] ?? defaultDataDir()),
    port: wholeNumber('--port', values.port ?? '6443', 1, 65535),
    kubeconfig: pathOf(values.kubeconfig),
    workers: wholeNumber('--workers', values.workers ?? '1', 1, 64),
    maxRequestsInFlight: wholeNumber('--max-requests-inflight', values['max-requests-inflight'] ?? '10', 1, 10_000),
    agentRestartSeconds: wholeNumber('--agent-restart-seconds', values['agent-restart-seconds'] ?? '120', 0, 86_400),
    auditPolicyFile: pathOf(values['audit-policy-file']),
    auditLogPath: pathOf(values['audit-log-path']),
    verbose: values.verbose ?? false,
    ...cidrs(values['pod-cidr'], values['service-cidr']),
    expose: values.expose ?? false,
    allowExternalIPs: values['allow-external-ips'] ?? false,
  }
}

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        nodes: { type: 'string' },
        runtime: { type: 'string' },
        'data-dir': { type: 'string' },
        port: { type: 'string' },
        kubeconfig: { type: 'string' },
        workers: { type: 'string' },
        'max-requests-inflight': { type: 'string' },
        'agent-restart-seconds': { type: 'string' },
        'audit-policy-file': { type: 'string' },
        'audit-log-path': { type: 'string' },
        verbose: { type: 'boolean' },
        'pod-cidr': { type: 'string' },
        'service-cidr': { type: 'string' },
        expose: { type: 'boolean' },
        'allow-external-ips': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

const pathOf = (value: string | undefined) => (value === undefined ? undefined : resolve(value))

const cidrs = (pods: string | undefined, services: string | undefined) => {
  const checked = (flag: string, cidr: string | undefined, shortest: number, longest: number) => {
    if (cidr === undefined || clusterRange(cidr, shortest, longest)) return cidr
    throw new UsageError(
      `${flag}: "${cidr}" is not an IPv4 range of a /${shortest} to a /${longest}, its host bits zero, that hosts may have`,
    )
  }
  const podCidr = checked('--pod-cidr', pods, 8, 20)
  const serviceCidr = checked('--service-cidr', services, 12, 24)
  return { podCidr, serviceCidr }
}

const wholeNumber = (flag: string, text: string, min: number, max: number): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(`${flag}: "${text}" is not a whole number from ${min} to ${max}`)
  }
  return value
}

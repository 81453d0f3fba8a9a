import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pod } from '../../shared/resources/resource.ts'
import { hostResolvConf } from '../dns/host-resolv-conf.ts'
import type { Mount } from '../runtime/runtime.ts'

export interface ClusterDns {
  readonly clusterDomain: string
  /** address of the cluster's DNS Service */
  readonly clusterDNS: string
}

export interface PodFilesOptions {
  readonly pod: Pod
  readonly dir: string
  readonly podIP: string
  readonly dns: ClusterDns
}

const longestHostname = 63

/** What `hostname` prints in a pod. */
export const podHostname = ({ metadata, spec }: Pod): string =>
  spec.hostnameOverride || spec.hostname || metadata.name.slice(0, longestHostname).replace(/[-.]+$/, '')

/** The domain of a pod that has a subdomain: `name.namespace.svc.cluster.local`. */
const podDomain = ({ metadata, spec }: Pod, { clusterDomain }: ClusterDns): string | undefined =>
  spec.subdomain && !spec.hostnameOverride ? `${spec.subdomain}.${metadata.namespace}.svc.${clusterDomain}` : undefined

export const hostnameInPod = (pod: Pod, dns: ClusterDns): string => {
  const domain = podDomain(pod, dns)
  const full = domain && pod.spec.setHostnameAsFQDN ? `${podHostname(pod)}.${domain}` : podHostname(pod)
  return full.slice(0, longestHostname)
}

/** Writes /etc/hosts, /etc/hostname and /etc/resolv.conf of a pod and returns where they go. They are written anew whenever a container starts. */
export const writePodFiles = async (options: PodFilesOptions): Promise<Mount[]> => {
  const { pod, dir, dns } = options
  await mkdir(dir, { recursive: true })
  const files: [string, string][] = [['resolv.conf', resolvConf(pod, dns, await hostResolvConf())]]
  if (pod.spec.hostNetwork) files.push(['hosts', await hostsOfNode(pod)])
  else files.push(['hosts', hostsFile(options)], ['hostname', `${hostnameInPod(pod, dns)}\n`])
  return Promise.all(
    files.map(async ([name, content]) => {
      const source = join(dir, name)
      await writeFile(source, content, { mode: 0o644 })
      return { source, target: `/etc/${name}`, readOnly: false, propagation: 'rprivate' as const }
    }),
  )
}

const aliasLines = (pod: Pod): string[] => {
  const aliases = pod.spec.hostAliases ?? []
  if (aliases.length === 0) return []
  return ['', '# Entries added by HostAliases.', ...aliases.map(({ ip, hostnames }) => [ip, ...(hostnames ?? [])].join('\t'))]
}

export const hostsFile = ({ pod, podIP, dns }: PodFilesOptions): string => {
  const domain = podDomain(pod, dns)
  const name = podHostname(pod)
  return [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    `${podIP}\t${domain ? `${name}.${domain}\t` : ''}${name}`,
    ...aliasLines(pod),
    '',
  ].join('\n')
}

const hostsOfNode = async (pod: Pod): Promise<string> => {
  const own = await readFile('/etc/hosts', 'utf8').catch(() => '127.0.0.1\tlocalhost\n')
  return ['# Kubernetes-managed hosts file (host network).', own.trimEnd(), ...aliasLines(pod), ''].join('\n')
}

interface Resolver {
  nameservers: string[]
  searches: string[]
  options: string[]
}

const parseResolvConf = (text: string): Resolver => {
  const words = (key: string) =>
    text
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([first]) => first === key)
      .map((line) => line.slice(1))
  return {
    nameservers: words('nameserver').flatMap(([address]) => (address ? [address] : [])),
    searches: (words('search').at(-1) ?? []).filter((domain) => domain !== '.'),
    options: words('options').flat(),
  }
}

export const resolvConf = (pod: Pod, dns: ClusterDns, hostText: string): string => {
  const { dnsPolicy = 'ClusterFirst', hostNetwork, dnsConfig } = pod.spec
  const host = parseResolvConf(hostText)
  const { clusterDomain, clusterDNS } = dns
  const cluster: Resolver = {
    nameservers: [clusterDNS],
    searches: [`${pod.metadata.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain, ...host.searches],
    options: ['ndots:5'],
  }
  const none: Resolver = { nameservers: [], searches: [], options: [] }
  const usesHost = dnsPolicy === 'Default' || (dnsPolicy === 'ClusterFirst' && hostNetwork)
  const chosen = dnsPolicy === 'None' ? none : usesHost ? host : cluster
  const unique = (values: string[]) => [...new Set(values)]
  const nameservers = unique([...chosen.nameservers, ...(dnsConfig?.nameservers ?? [])]).slice(0, 3)
  const searches = unique([...chosen.searches, ...(dnsConfig?.searches ?? [])]).slice(0, 32)
  const options = mergeOptions(chosen.options, dnsConfig?.options ?? [])
  return [
    ...(searches.length ? [`search ${searches.join(' ')}`] : []),
    ...nameservers.map((address) => `nameserver ${address}`),
    ...(options.length ? [`options ${options.join(' ')}`] : []),
    '',
  ].join('\n')
}

const mergeOptions = (
  given: readonly string[],
  more: readonly { name?: string | undefined; value?: string | undefined }[],
): string[] => {
  const byName = new Map(given.map((option) => [option.split(':')[0]!, option]))
  for (const { name, value } of more) if (name) byName.set(name, value ? `${name}:${value}` : name)
  return [...byName.values()]
}

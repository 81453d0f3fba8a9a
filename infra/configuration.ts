import { parseAccessEntries } from '../shared/identity/access-entry.ts'
import { overlaps, prefixOf } from './cidr.ts'

/** What can be chosen, in `cdk.json` under `context` or with `-c key=value`. */
export interface ClusterConfiguration {
  /** names the stacks, and is the audience that tokens are signed for; @default 'windlass' */
  readonly clusterName: string
  /** IAM principals and who they are in the cluster, as JSON; @default '[]': nobody may do anything */
  readonly accessEntries: string
  /** of Services; @default '10.96.0.0/16' */
  readonly serviceCidr: string
  /** of pods, a /24 for each node; @default '10.244.0.0/16' */
  readonly podCidr: string
  /** of the nodes' network; @default '10.0.0.0/16' */
  readonly vpcCidr: string
  /** EC2 instance type of nodes; @default 't4g.medium' */
  readonly instanceType: string
  /** nodes that always run; @default 0 */
  readonly nodeMinimum: number
  /** @default 10 */
  readonly nodeMaximum: number
  /** of the API's function: what an open watch costs grows with it, and how fast requests are answered; @default 200 */
  readonly apiMemoryMiB: number
  /** whether table and data key outlive `cdk destroy`; @default true */
  readonly retainData: boolean
  /** who gets mail when an alarm goes off; @default '': nobody */
  readonly alarmEmail: string
  /** whether a shell on nodes can be had by SSM's Session Manager; @default false */
  readonly nodeShell: boolean
}

export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration'
}

/** Throws InvalidConfiguration that names the key and the bad value. */
export const readConfiguration = (contextOf: (key: keyof ClusterConfiguration) => unknown): ClusterConfiguration => {
  const refuse = (key: string, value: unknown, wanted: string): never => {
    throw new InvalidConfiguration(`${key} is ${JSON.stringify(value)}, but should be ${wanted}`)
  }
  const text = (key: keyof ClusterConfiguration, fallback: string, { pattern, wanted }: Shape) => {
    const value = contextOf(key) ?? fallback
    return typeof value === 'string' && pattern.test(value) ? value : refuse(key, value, wanted)
  }
  const count = (key: keyof ClusterConfiguration, fallback: number, [least, most]: [number, number]) => {
    const value = contextOf(key) ?? fallback
    const number = typeof value === 'string' && value !== '' ? Number(value) : value
    const fits = typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most
    return fits ? number : refuse(key, value, `a whole number from ${least} to ${most}`)
  }
  const flag = (key: keyof ClusterConfiguration, fallback: boolean) => {
    const value = String(contextOf(key) ?? fallback)
    return value === 'true' || value === 'false' ? value === 'true' : refuse(key, value, 'true or false')
  }
  const cidr = (key: keyof ClusterConfiguration, fallback: string, [shortest, longest]: [number, number]) => {
    const value = contextOf(key) ?? fallback
    const prefix = typeof value === 'string' ? prefixOf(value) : undefined
    const fits = prefix !== undefined && prefix >= shortest && prefix <= longest
    return fits ? String(value) : refuse(key, value, `an IPv4 CIDR of a /${shortest} to a /${longest}, its host bits zero`)
  }
  const configuration: ClusterConfiguration = {
    clusterName: text('clusterName', 'windlass', names),
    accessEntries: accessEntriesOf(contextOf('accessEntries') ?? '[]'),
    serviceCidr: cidr('serviceCidr', '10.96.0.0/16', [12, 24]),
    podCidr: cidr('podCidr', '10.244.0.0/16', [8, 20]),
    vpcCidr: cidr('vpcCidr', '10.0.0.0/16', [16, 24]),
    instanceType: text('instanceType', 't4g.medium', instanceTypes),
    nodeMinimum: count('nodeMinimum', 0, [0, 250]),
    nodeMaximum: count('nodeMaximum', 10, [1, 250]),
    apiMemoryMiB: count('apiMemoryMiB', 200, [160, 10240]),
    retainData: flag('retainData', true),
    alarmEmail: text('alarmEmail', '', emails),
    nodeShell: flag('nodeShell', false),
  }
  const { nodeMinimum, nodeMaximum } = configuration
  if (nodeMinimum > nodeMaximum) refuse('nodeMinimum', nodeMinimum, `at most nodeMaximum, ${nodeMaximum}`)
  const ranges = ['serviceCidr', 'podCidr', 'vpcCidr'] as const
  for (const [i, one] of ranges.entries())
    for (const other of ranges.slice(i + 1))
      if (overlaps(configuration[one], configuration[other]))
        refuse(one, configuration[one], `apart from ${other}, ${configuration[other]}`)
  return configuration
}

interface Shape {
  readonly pattern: RegExp
  readonly wanted: string
}

// Mailboxes are named by it and a node's name, in 80 characters.
const names: Shape = { pattern: /^[a-z](-?[a-z0-9]){0,23}$/, wanted: 'at most 24 lower case letters, digits and single dashes' }
const instanceTypes: Shape = { pattern: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, wanted: 'an EC2 instance type, as t4g.medium' }
const emails: Shape = { pattern: /^$|^[^\s@]+@[^\s@]+$/, wanted: 'an e-mail address' }

/** A list in `cdk.json`, a text on the command line. */
const accessEntriesOf = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  try {
    parseAccessEntries(text)
    return text
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const wanted = 'a list of { principalArn, username?, groups? }'
    throw new InvalidConfiguration(`accessEntries is ${JSON.stringify(value)}, but should be ${wanted}: ${error.message}`, {
      cause: error,
    })
  }
}

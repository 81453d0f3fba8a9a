/** Who an IAM principal is in the cluster. */
export interface AccessEntry {
  /** `arn:aws:iam::111122223333:role/Admin`, with its path if it has one, or of a user */
  readonly principalArn: string
  /** `{{SessionName}}` stands for the name of the role's session; of an EC2 instance it is the instance's id */
  readonly username?: string | undefined
  readonly groups?: readonly string[] | undefined
}

/** What STS says of a caller. */
export interface Caller {
  readonly account: string
  /** of a role's session: `arn:aws:sts::111122223333:assumed-role/Admin/alice` */
  readonly arn: string
  readonly userId: string
}

const sessionName = '{{SessionName}}'
/** Who the cluster's own parts are is told by these names, so nobody else may have one: but the administrators' group, and the nodes. */
const systemPrefix = 'system:'
const mastersGroup = 'system:masters'
const nodesGroup = 'system:nodes'
const nodeUser = `system:node:${sessionName}`

/** Throws when it is not a list of entries, or one of them is somebody that it may not be. */
export const parseAccessEntries = (text: string): AccessEntry[] => {
  const entries: unknown = JSON.parse(text)
  if (!Array.isArray(entries)) throw new TypeError('access entries are a JSON list')
  for (const entry of entries as Partial<AccessEntry>[]) {
    if (typeof entry !== 'object' || entry === null)
      throw new TypeError(`access entry: ${JSON.stringify(entry)} is not an object`)
    const { principalArn, username, groups = [] } = entry
    if (typeof principalArn !== 'string' || !/^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/.+$/.test(principalArn)) {
      throw new TypeError(`access entry: ${JSON.stringify(principalArn)} is not the ARN of an IAM role or user`)
    }
    if (!Array.isArray(groups)) throw new TypeError(`access entry of ${principalArn}: groups are a list`)
    if (username !== undefined && (typeof username !== 'string' || username === '')) {
      throw new TypeError(`access entry of ${principalArn}: ${JSON.stringify(username)} is not a user name`)
    }
    const name = username?.replaceAll(sessionName, '')
    if (name?.startsWith(systemPrefix) && !(username === nodeUser && groups.includes(nodesGroup))) {
      throw new TypeError(`access entry of ${principalArn}: the user name ${JSON.stringify(username)} is the cluster's own`)
    }
    for (const group of groups as unknown[]) {
      if (typeof group !== 'string' || group === '') {
        throw new TypeError(`access entry of ${principalArn}: ${JSON.stringify(group)} is not a group`)
      }
      if (group.startsWith(systemPrefix) && group !== mastersGroup && !(group === nodesGroup && username === nodeUser)) {
        throw new TypeError(`access entry of ${principalArn}: the group ${JSON.stringify(group)} is the cluster's own`)
      }
    }
  }
  return entries as AccessEntry[]
}

export interface MappedUser {
  readonly name: string
  readonly groups: readonly string[]
}

/** Pure. undefined: nobody here. The session's ARN names the role without its path, so two roles of a name must not both have entries. */
export const mapCaller = ({ arn, account }: Caller, entries: readonly AccessEntry[]): MappedUser | undefined => {
  const principal = principalOf(arn)
  if (!principal) return undefined
  const found = entries.filter(({ principalArn }) => {
    const entry = /^arn:(aws[a-z-]*):iam::(\d{12}):(role|user)\/(.+)$/.exec(principalArn)
    if (!entry || entry[2] !== account || entry[3] !== principal.type || entry[1] !== principal.partition) return false
    return principal.type === 'role' ? entry[4]?.split('/').at(-1) === principal.name : entry[4] === principal.name
  })
  const [entry] = found
  if (!entry || found.length > 1) return undefined
  const name = (entry.username ?? arn).replaceAll(sessionName, principal.session ?? '')
  return { name, groups: entry.groups ?? [] }
}

interface Principal {
  readonly partition: string
  readonly type: 'role' | 'user'
  readonly name: string
  readonly session?: string | undefined
}

const principalOf = (arn: string): Principal | undefined => {
  const role = /^arn:(aws[a-z-]*):sts::\d{12}:assumed-role\/([^/]+)\/([^/]+)$/.exec(arn)
  if (role) return { partition: role[1]!, type: 'role', name: role[2]!, session: role[3]! }
  const user = /^arn:(aws[a-z-]*):iam::\d{12}:user\/(.+)$/.exec(arn)
  return user ? { partition: user[1]!, type: 'user', name: user[2]! } : undefined
}

import type { User } from '../../request.ts'

const nodesGroup = 'system:nodes'
const prefix = 'system:node:'

/** The node that a user is, '' where the name is left out; undefined: no node. */
export const nodeOf = ({ name, groups }: User): string | undefined =>
  name.startsWith(prefix) && groups.includes(nodesGroup) ? name.slice(prefix.length) : undefined

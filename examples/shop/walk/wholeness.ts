import type { Terminal } from '../../terminal.ts'

interface Workload {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly generation: number }
  readonly spec: { readonly replicas: number }
  readonly status: {
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly updatedReplicas?: number
    readonly readyReplicas?: number
  }
}

interface Roles {
  readonly primary: string
  readonly standby: string
}

/** Which pod has the primary of PostgreSQL, and which has all that it acknowledged: Patroni's own notes. Empty when there is none. */
export async function rolesOfPostgres(terminal: Terminal): Promise<Roles> {
  const path = 'jsonpath={.metadata.annotations.leader} {.metadata.annotations.sync_standby}'
  const [primary = '', standby = ''] = (
    await terminal.ask('-n', 'shop', 'get', 'endpoints', 'postgres-sync', '--ignore-not-found', '-o', path)
  ).split(' ')
  return { primary, standby }
}

/** The pod whose Redis takes writes, as the sentinels say. */
export async function masterOfRedis(terminal: Terminal): Promise<string> {
  const question = 'redis-cli -p 26379 sentinel get-master-addr-by-name shop'
  const answer = await terminal.ask('-n', 'shop', 'exec', 'redis-0', '-c', 'sentinel', '--', 'sh', '-c', question)
  return answer.split('.')[0]!
}

/** What is missing of the shop: nothing when each node and pod is Ready, and no acknowledged order is in one place only. */
export async function whatIsMissing(terminal: Terminal): Promise<string[]> {
  const nodes = await terminal.ask('get', 'nodes', '--no-headers')
  const missing = nodes.split('\n').filter((line) => !/^\S+ +Ready /.test(line))
  const list = JSON.parse(await terminal.ask('-n', 'shop', 'get', 'deployments,statefulsets', '-o', 'json')) as {
    items: Workload[]
  }
  for (const { kind, metadata, spec, status } of list.items) {
    const counts = [status.replicas, status.updatedReplicas, status.readyReplicas]
    const settled = metadata.generation === status.observedGeneration && counts.every((count) => count === spec.replicas)
    if (!settled) missing.push(`${kind} ${metadata.name}: ${status.readyReplicas ?? 0} of ${spec.replicas} are Ready`)
  }
  const { primary, standby } = await rolesOfPostgres(terminal)
  if (primary === '' || standby === '') missing.push('a synchronous standby of PostgreSQL')
  return missing
}

export const untilWhole = (terminal: Terminal, seconds: number): Promise<string[]> =>
  terminal.until(
    'the whole shop to be Ready',
    () => whatIsMissing(terminal),
    (missing) => missing.length === 0,
    seconds,
  )

import type { Informer } from '../../../shared/client/informer.ts'
import type { Logger } from '../../../shared/platform/log.ts'
import type { EndpointSlice, Service } from '../../../shared/resources/resource.ts'
import { CommandError, createRun, type Run } from '../command.ts'
import { servicesTable } from '../name.ts'
import { forgetEndpoints } from './conntrack.ts'
import { createElementOwners } from './element-owners.ts'
import { emptyRuleSet, type RuleSet, transition } from './ruleset.ts'
import { rulesOfService } from './service-chains.ts'
import { createServiceIndex } from './service-index.ts'
import { type ServicesTableOptions, servicesTableRules } from './table.ts'

export interface ServiceRulesOptions extends Omit<ServicesTableOptions, 'dnsPort'> {
  readonly dnsPort?: number | undefined
  readonly services: Informer<Service>
  readonly endpointSlices: Informer<EndpointSlice>
  readonly log: Logger
  readonly run?: Run | undefined
  /** how often the rules are looked after */
  readonly checkMilliseconds?: number | undefined
}

export interface ServiceRules {
  /** Waits for every change known so far to stand in the kernel. */
  settled(): Promise<void>
  /** The rules stay: pods go on while the agent is away. */
  stop(): Promise<void>
}

const firstRetryMilliseconds = 1_000
const longestRetryMilliseconds = 60_000

/**
 * Keeps the node's Service rules as the informers say. Resolves once the first whole set of rules stands; pods may be
 * started then. Changes that come while a transaction runs go together into the next one.
 */
export const startServiceRules = async (options: ServiceRulesOptions): Promise<ServiceRules> => {
  const { services, endpointSlices, log, run = createRun(), podRange, dnsPort = 10053, checkMilliseconds = 30_000 } = options
  const { nodeName } = options
  const table = servicesTable(nodeName)
  const empty = servicesTableRules({ ...options, dnsPort })
  await Promise.all([services.synced, endpointSlices.synced])

  const dirty = new Set<string>()
  /** not accepted by nft, to be tried again */
  const refused = new Set<string>()
  let retryMilliseconds = firstRetryMilliseconds
  let applied = new Map<string, RuleSet>()
  let owners = createElementOwners()
  let whole = true
  let stopped = false
  let running: Promise<void> | undefined
  let retry: NodeJS.Timeout | undefined

  const wanted = (key: string): RuleSet => {
    const service = index.service(key)
    return service ? rulesOfService(service, index.slices(key), { nodeName, podRange }) : emptyRuleSet
  }

  /** One transaction; when it fails, halves of it, so that one Service that nft refuses does not hold up the others. */
  const apply = async (keys: readonly string[], before = ''): Promise<void> => {
    const changes = keys.map((key) => ({ key, before: applied.get(key) ?? emptyRuleSet, after: wanted(key) }))
    const plan = owners.plan(changes)
    const text = before + transition({ table, changes, elements: plan.elements })
    if (text === '') return
    try {
      await run('nft', ['-f', '-'], text)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      if (before !== '' && keys.length > 0) {
        await run('nft', ['-f', '-'], before)
        return apply(keys)
      }
      const [key, ...more] = keys
      if (key === undefined) throw error
      if (more.length > 0) {
        const middle = Math.ceil(keys.length / 2)
        await apply(keys.slice(0, middle))
        return apply(keys.slice(middle))
      }
      log.error('service rules refused', { service: key, error })
      later(key)
      return
    }
    plan.commit()
    if (refused.size === 0) retryMilliseconds = firstRetryMilliseconds
    for (const { key, after } of changes) {
      if (after === emptyRuleSet) applied.delete(key)
      else applied.set(key, after)
    }
    await forgetEndpoints({ changes, run, log })
  }

  const flush = async () => {
    while (!stopped && (whole || dirty.size > 0)) {
      const all = whole
      if (all) {
        applied = new Map()
        owners = createElementOwners()
        for (const key of index.keys()) dirty.add(key)
      }
      const keys = [...dirty]
      dirty.clear()
      whole = false
      try {
        await apply(keys, all ? empty : '')
      } catch (error) {
        whole = true
        log.error('service rules not applied', { error })
        later()
        return
      }
    }
  }

  const flushSoon = (): Promise<void> => {
    running ??= Promise.resolve()
      .then(flush)
      .finally(() => {
        running = undefined
      })
    return running
  }

  const later = (key?: string) => {
    if (key !== undefined) refused.add(key)
    clearTimeout(retry)
    retry = setTimeout(() => {
      for (const each of refused) dirty.add(each)
      refused.clear()
      void flushSoon()
    }, retryMilliseconds)
    retryMilliseconds = Math.min(retryMilliseconds * 2, longestRetryMilliseconds)
  }

  const index = createServiceIndex({
    services,
    endpointSlices,
    onChange: (key) => {
      dirty.add(key)
      void flushSoon()
    },
  })
  // a firewall service that restarts takes every table with it
  const check = setInterval(() => {
    run('nft', ['list', 'chain', 'ip', table, 'inside']).catch(() => {
      log.warn('service rules are gone, making them again', { table })
      whole = true
      void flushSoon()
    })
  }, checkMilliseconds)
  check.unref()
  await flushSoon()

  return {
    settled: async () => {
      while (running) await running
    },
    stop: async () => {
      stopped = true
      index.stop()
      clearInterval(check)
      clearTimeout(retry)
      await running
    },
  }
}

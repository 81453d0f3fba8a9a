import { isReason } from '../../shared/meta/status.ts'
import type { PodCondition, PodStatus } from '../../shared/resources/generated/types.ts'
import { type Pod, pods } from '../../shared/resources/resource.ts'
import { BackOff } from './back-off.ts'
import type { PodContext } from './pod-context.ts'

/** Writes one pod's status, the newest only, one request at a time, trying again until it is written or the pod is gone. */
export class StatusWriter {
  readonly #context: Pick<PodContext, 'client' | 'clock' | 'log'>
  readonly #pod: Pod
  readonly #backOff = new BackOff({ firstMs: 100, longestMs: 5000 })
  readonly #stopped = new AbortController()
  #written: PodStatus
  #wanted: PodStatus | undefined
  #running: Promise<void> | undefined

  constructor(context: Pick<PodContext, 'client' | 'clock' | 'log'>, pod: Pod) {
    this.#context = context
    this.#pod = pod
    this.#written = pod.status ?? {}
  }

  set(status: PodStatus): void {
    this.#wanted = status
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  /** What the API server has now: a condition of ours that somebody else turned is written again by the next `set`. */
  observe(status: PodStatus | undefined): void {
    if (this.#running) return
    const turned = (type: string, value: string) =>
      status?.conditions?.find((condition) => condition.type === type && condition.status !== value)
    const conditions = this.#written.conditions?.map((own) => turned(own.type, own.status) ?? own)
    this.#written = { ...this.#written, conditions }
  }

  /** Resolves when what was set last is written, or need not be any more. */
  async flush(): Promise<void> {
    while (this.#running) await this.#running
  }

  /** The pod is gone: nothing more is written. */
  stop(): void {
    this.#stopped.abort()
  }

  async #run() {
    const { client, clock, log } = this.#context
    const { name, namespace = '', uid } = this.#pod.metadata
    while (this.#wanted && !this.#stopped.signal.aborted) {
      const status = this.#wanted
      const patch = statusPatch(this.#written, status)
      if (!patch) {
        if (this.#wanted === status) this.#wanted = undefined
        continue
      }
      try {
        const body = { metadata: { uid }, status: patch }
        await client.patch(pods, namespace, name, { type: 'strategic', body }, { subresource: 'status' })
        this.#written = status
        this.#backOff.reset('')
      } catch (error) {
        // Another pod has the name now, or none: there is nobody to report to.
        if (isReason(error, 'NotFound', 'Conflict')) return this.stop()
        log.warn('pod status can not be written, trying again', { pod: `${namespace}/${name}`, error })
        const now = clock.now()
        this.#backOff.next('', now, now)
        await clock.sleep(this.#backOff.delayMs(''), this.#stopped.signal)
      }
    }
  }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Lists merged by key need to be told that addresses were replaced; conditions merge by type, so others keep theirs. */
export const statusPatch = (before: PodStatus, after: PodStatus): Record<string, unknown> | undefined => {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof PodStatus>
  const patch: Record<string, unknown> = {}
  for (const key of keys) {
    if (same(before[key], after[key])) continue
    const value = after[key]
    if (value === undefined) {
      if (owned.has(key)) patch[key] = null
    } else if (key === 'podIPs' || key === 'hostIPs') patch[key] = [{ $patch: 'replace' }, ...(value as object[])]
    else if (key === 'conditions')
      patch[key] = after
        .conditions!.filter((each) => !before.conditions?.some((old) => same(old, each)))
        .map((each) =>
          complete(
            each,
            before.conditions?.find(({ type }) => type === each.type),
          ),
        )
    else patch[key] = value
  }
  if (Array.isArray(patch.conditions) && patch.conditions.length === 0) delete patch.conditions
  return Object.keys(patch).length ? patch : undefined
}

/** Conditions merge field by field: what one no longer says must be taken off it. */
const complete = (condition: PodCondition, old: PodCondition | undefined) => ({
  ...condition,
  ...(old?.reason !== undefined && condition.reason === undefined ? { reason: null } : {}),
  ...(old?.message !== undefined && condition.message === undefined ? { message: null } : {}),
})

/** What a node agent may also take away. */
const owned: ReadonlySet<keyof PodStatus> = new Set(['reason', 'message', 'podIP', 'podIPs', 'initContainerStatuses'])

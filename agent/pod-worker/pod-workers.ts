import type { Informer } from '../../shared/client/informer.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import { removeOrphan } from './orphan.ts'
import type { PodContext } from './pod-context.ts'
import { PodWorker } from './pod-worker.ts'

export interface PodWorkersOptions {
  readonly context: PodContext
  /** the pods of this node */
  readonly pods: Pick<Informer<Pod>, 'synced' | 'list' | 'onChange'>
  /** how often configMap, secret and projected volumes are brought up to date */
  readonly refreshMs?: number | undefined
}

const firstRetryMs = 2000
const longestRetryMs = 60_000

/** One worker per pod of the node, by uid; and the end of what an earlier agent left of pods that are no more. */
export class PodWorkers {
  readonly #context: PodContext
  readonly #pods: PodWorkersOptions['pods']
  readonly #refreshMs: number
  readonly #workers = new Map<string, PodWorker>()
  readonly #orphans = new Set<string>()
  readonly #stops: (() => void)[] = []
  #stopped = false

  constructor({ context, pods, refreshMs = 30_000 }: PodWorkersOptions) {
    this.#context = context
    this.#pods = pods
    this.#refreshMs = refreshMs
  }

  /** Resolves when the first list of pods is in and every pod has its worker. */
  async start(): Promise<void> {
    await this.#pods.synced
    this.#stops.push(this.#pods.onChange((object, previous) => this.#follow(object, previous)))
    this.#stops.push(
      this.#context.runtime.onChange((uid) => {
        const worker = this.#workers.get(uid)
        if (worker) worker.wake()
        else this.#endOrphan(uid)
      }),
    )
    this.#stops.push(this.#context.rooms.onChange((uid) => this.#workers.get(uid)?.wake()))
    const refresh = setInterval(() => this.#refresh(), this.#refreshMs)
    this.#stops.push(() => clearInterval(refresh))
    await this.#endOrphans()
  }

  /** Containers keep running. */
  stop(): void {
    this.#stopped = true
    for (const stop of this.#stops) stop()
    for (const worker of this.#workers.values()) worker.stop()
  }

  pods(): Pod[] {
    return [...this.#workers.values()].map(({ pod }) => pod)
  }

  #follow(object: Pod | undefined, previous: Pod | undefined) {
    const uid = object?.metadata.uid
    // A pod of the same name may be another one.
    if (previous?.metadata.uid && previous.metadata.uid !== uid) this.#workers.get(previous.metadata.uid)?.remove()
    if (!object || !uid) return
    const known = this.#workers.get(uid)
    if (known) return known.update(object)
    const worker = new PodWorker({ context: this.#context, pod: object, onDone: () => this.#workers.delete(uid) })
    this.#workers.set(uid, worker)
    worker.wake()
  }

  async #endOrphans() {
    const { runtime, network, volumes } = this.#context
    const attached = (await network.attached()).map(({ uid }) => uid)
    const left = new Set([...runtime.pods().map(({ uid }) => uid), ...attached, ...(await volumes.present())])
    for (const uid of left) this.#endOrphan(uid)
  }

  #endOrphan(uid: string, retryMs = firstRetryMs) {
    if (this.#workers.has(uid) || this.#orphans.has(uid) || this.#stopped) return
    this.#orphans.add(uid)
    removeOrphan(this.#context, uid)
      .catch((error: unknown) => {
        this.#context.log.error('orphaned pod can not be removed, trying again', { uid, retryMs, error })
        const timer = setTimeout(() => this.#endOrphan(uid, Math.min(2 * retryMs, longestRetryMs)), retryMs)
        this.#stops.push(() => clearTimeout(timer))
      })
      .finally(() => this.#orphans.delete(uid))
  }

  async #refresh() {
    for (const { pod } of this.#workers.values()) {
      if (this.#stopped) return
      if (pod.metadata.deletionTimestamp || pod.status?.phase !== 'Running') continue
      await this.#context.volumes.refresh(pod)
    }
  }
}

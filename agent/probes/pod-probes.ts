import type { Clock } from '../../shared/platform/clock.ts'
import type { Container, Probe } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import type { RuntimePod } from '../runtime/runtime.ts'
import type { ProbeKind, ProbeOutcome, ProbeResult, ProbeResults } from './probe.ts'
import { probeLoop } from './probe-loop.ts'
import type { ProbeTarget } from './run-probe.ts'

export interface PodProbesOptions {
  readonly clock: Clock
  /** one try; another one for a runtime where nothing really runs */
  readonly run: (probe: Probe, target: Omit<ProbeTarget, 'runtime'>) => Promise<ProbeOutcome>
  readonly onChange: () => void
  readonly onUnhealthy: (container: Container, message: string) => void
  readonly onWarning: (container: Container, message: string) => void
}

const probesOf = (container: Container): [ProbeKind, Probe][] => {
  const { startupProbe, livenessProbe, readinessProbe } = container
  const found: [ProbeKind, Probe | undefined][] = [
    ['startup', startupProbe],
    ['liveness', livenessProbe],
    ['readiness', readinessProbe],
  ]
  return found.filter((each): each is [ProbeKind, Probe] => each[1] !== undefined)
}

/** The probes of one pod's running containers; each new container is probed from the beginning. */
export class PodProbes implements ProbeResults {
  readonly #options: PodProbesOptions
  readonly #results = new Map<string, ProbeResult>()
  readonly #loops = new Map<string, AbortController>()

  constructor(options: PodProbesOptions) {
    this.#options = options
  }

  get(containerId: string, kind: ProbeKind): ProbeResult | undefined {
    return this.#results.get(`${containerId}/${kind}`)
  }

  /** What an earlier agent had found out: a restart of the agent makes no container unready. */
  seed(containerId: string, { started, ready }: { started: boolean; ready: boolean }): void {
    if (started) this.#results.set(`${containerId}/startup`, 'success')
    if (ready) this.#results.set(`${containerId}/readiness`, 'success')
  }

  /** Begins and ends loops so that they match what runs. `ending`: only readiness goes on. */
  follow(pod: Pod, runtime: RuntimePod | undefined, podIP: string | undefined, ending = false): void {
    const wanted = new Set<string>()
    for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
      const running = runtime?.containers.find(({ name }) => name === container.name)
      if (running?.state !== 'running' || podIP === undefined) continue
      for (const [kind, probe] of probesOf(container)) {
        if (ending && kind !== 'readiness') continue
        const key = `${running.id}/${kind}`
        wanted.add(key)
        if (this.#loops.has(key) || (kind === 'startup' && this.#results.get(key) === 'success')) continue
        this.#begin(key, {
          kind,
          probe,
          container,
          containerId: running.id,
          startedAt: running.startedAt ?? running.createdAt,
          podIP,
        })
      }
    }
    for (const [key, loop] of this.#loops) {
      if (wanted.has(key)) continue
      loop.abort()
      this.#loops.delete(key)
    }
  }

  stop(): void {
    for (const loop of this.#loops.values()) loop.abort()
    this.#loops.clear()
  }

  #begin(key: string, loop: Loop) {
    const { run, clock, onChange, onUnhealthy, onWarning } = this.#options
    const { kind, probe, container, containerId, startedAt, podIP } = loop
    const abort = new AbortController()
    this.#loops.set(key, abort)
    void probeLoop({
      kind,
      probe,
      clock,
      startedAt,
      signal: abort.signal,
      started: () => !container.startupProbe || this.get(containerId, 'startup') === 'success',
      attempt: () => run(probe, { container, containerId, podIP }),
      onResult: (result) => {
        if (this.#results.get(key) === result) return
        this.#results.set(key, result)
        onChange()
      },
      onUnhealthy: (message) => onUnhealthy(container, message),
      onWarning: (message) => onWarning(container, message),
    })
  }
}

interface Loop {
  readonly kind: ProbeKind
  readonly probe: Probe
  readonly container: Container
  readonly containerId: string
  readonly startedAt: number
  readonly podIP: string
}

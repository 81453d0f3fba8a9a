/** What an autoscaler recommended from one moment to another. */
export interface Recommendation {
  readonly replicas: number
  readonly sinceMs: number
  readonly untilMs: number
}

export interface ScaleEvent {
  /** how many more, or how many less; > 0 */
  readonly change: number
  readonly atMs: number
}

/** What an autoscaler has to remember of the last minutes; upstream's controller has it in its process. */
export interface AutoscalerMemory {
  /** of the pods that it scales, as it found it last; '' before */
  readonly selector: string
  /** one after the other, as they were before behaviours changed them */
  readonly recommendations: readonly Recommendation[]
  readonly ups: readonly ScaleEvent[]
  readonly downs: readonly ScaleEvent[]
}

/** Where it is kept: outside of the log, beside the objects. */
export interface AutoscalerMemories {
  /** of all autoscalers of a namespace, by name */
  of(namespace: string): Promise<ReadonlyMap<string, AutoscalerMemory>>
  keep(namespace: string, name: string, memory: AutoscalerMemory): Promise<void>
  forget(namespace: string, name: string): Promise<void>
}

/** In place of replicas, while nothing is recommended. */
export const nothingRecommended = -1

/** The longest windows and periods that validation allows. */
const rememberedMs = 3_600_000

export const firstMemory = (replicas: number, nowMs: number): AutoscalerMemory => ({
  ...{ selector: '', ups: [], downs: [] },
  recommendations: [{ replicas, sinceMs: nowMs, untilMs: nowMs }],
})

/**
 * The same recommendation goes on for as long as no other comes: nobody has to note that it was made again. Who was not looked at
 * meanwhile is taken to have had it until a period before now.
 */
export const withRecommendation = (
  memory: AutoscalerMemory,
  replicas: number,
  { nowMs, periodMs }: { readonly nowMs: number; readonly periodMs: number },
): AutoscalerMemory => {
  const last = memory.recommendations.at(-1)
  const before = memory.recommendations.slice(0, -1).filter(({ untilMs }) => nowMs - untilMs <= rememberedMs)
  if (last?.replicas === replicas) return { ...memory, recommendations: [...before, { ...last, untilMs: nowMs }] }
  const ended = last ? [{ ...last, untilMs: Math.max(last.untilMs, nowMs - periodMs) }] : []
  return { ...memory, recommendations: [...before, ...ended, { replicas, sinceMs: nowMs, untilMs: nowMs }] }
}

/** What was recommended, as it has to be looked at before the next is. */
export const recentRecommendations = (
  { recommendations }: AutoscalerMemory,
  { nowMs, periodMs }: { readonly nowMs: number; readonly periodMs: number },
): Recommendation[] =>
  recommendations
    .map((one, index) =>
      index === recommendations.length - 1 ? { ...one, untilMs: Math.max(one.untilMs, nowMs - periodMs) } : one,
    )
    .filter(({ replicas }) => replicas !== nothingRecommended)

export const withScaleEvent = (memory: AutoscalerMemory, change: number, nowMs: number): AutoscalerMemory => {
  const recent = (events: readonly ScaleEvent[]) => events.filter(({ atMs }) => nowMs - atMs <= rememberedMs)
  const event = { change: Math.abs(change), atMs: nowMs }
  return {
    ...memory,
    ups: [...recent(memory.ups), ...(change > 0 ? [event] : [])],
    downs: [...recent(memory.downs), ...(change < 0 ? [event] : [])],
  }
}

/** Whether it says something that `before` does not say as well. */
export const isNews = (before: AutoscalerMemory | undefined, after: AutoscalerMemory): boolean => {
  const last = ({ recommendations }: AutoscalerMemory) => recommendations.at(-1)?.sinceMs
  const scaled = (events: readonly ScaleEvent[]) => events.at(-1)?.atMs
  return (
    !before ||
    before.selector !== after.selector ||
    last(before) !== last(after) ||
    scaled(before.ups) !== scaled(after.ups) ||
    scaled(before.downs) !== scaled(after.downs)
  )
}

/** For a process that goes on: as upstream, a restart forgets, and is careful for that. */
export const memoriesInProcess = (): AutoscalerMemories => {
  const all = new Map<string, Map<string, AutoscalerMemory>>()
  return {
    of: async (namespace) => new Map(all.get(namespace)),
    keep: async (namespace, name, memory) => {
      const known = all.get(namespace) ?? new Map()
      all.set(namespace, known.set(name, memory))
    },
    forget: async (namespace, name) => {
      const known = all.get(namespace)
      known?.delete(name)
      if (known?.size === 0) all.delete(namespace)
    },
  }
}

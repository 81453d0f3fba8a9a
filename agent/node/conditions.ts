import type { NodeCondition } from '../../shared/resources/generated/types.ts'

/** What is wrong with the node, if anything; the rest follows. */
export interface NodeHealth {
  /** undefined: ready */
  readonly notReady?: string | undefined
  readonly memoryPressure: boolean
  readonly diskPressure: boolean
}

/** The conditions a kubelet posts; a transition time is kept while the status stays. `now` is RFC 3339. Pure. */
export const nodeConditions = (health: NodeHealth, previous: readonly NodeCondition[], now: string): NodeCondition[] => {
  const make = (type: string, status: 'True' | 'False', reason: string, message: string): NodeCondition => {
    const old = previous.find((each) => each.type === type)
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : now
    return { type, status, lastHeartbeatTime: now, lastTransitionTime, reason, message }
  }
  return [
    health.memoryPressure
      ? make('MemoryPressure', 'True', 'KubeletHasInsufficientMemory', 'kubelet has insufficient memory available')
      : make('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    health.diskPressure
      ? make('DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure')
      : make('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    make('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    health.notReady === undefined
      ? make('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')
      : make('Ready', 'False', 'KubeletNotReady', health.notReady),
  ]
}

/** Whether two sets of conditions say the same but for when. */
export const sameConditions = (a: readonly NodeCondition[], b: readonly NodeCondition[]): boolean => {
  const text = (conditions: readonly NodeCondition[]) =>
    JSON.stringify(conditions.map(({ type, status, reason, message }) => [type, status, reason, message]).sort())
  return text(a) === text(b)
}

import type { PodStatus } from '../../shared/resources/generated/types.ts'

const own: ReadonlySet<string> = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'])

/** What this agent wrote last, with the conditions of others as the API server has them now. */
export const withOthersConditions = (written: PodStatus, current: PodStatus | undefined): PodStatus => ({
  ...written,
  phase: current?.phase === 'Failed' || current?.phase === 'Succeeded' ? current.phase : written.phase,
  conditions: [
    ...(current?.conditions ?? []).filter(({ type }) => !own.has(type)),
    ...(written.conditions ?? []).filter(({ type }) => own.has(type)),
  ],
})

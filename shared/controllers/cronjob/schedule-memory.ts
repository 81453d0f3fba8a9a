import type { CronJob } from '../../resources/resource.ts'

export interface ScheduleMemory {
  /** Since when a CronJob has the schedule that it has, in milliseconds since the epoch; undefined: this process saw no other. */
  changedMs(key: string, cronJob: CronJob, nowMs: number): number | undefined
  forget(key: string): void
}

/** What a new schedule would have started before it was there is not made up for: as upstream, as long as a process remembers the old one. */
export const createScheduleMemory = (): ScheduleMemory => {
  const known = new Map<string, { uid: string | undefined; schedule: string; changedMs: number | undefined }>()
  return {
    changedMs: (key, { metadata, spec }, nowMs) => {
      const before = known.get(key)
      const schedule = `${spec.timeZone ?? ''} ${spec.schedule}`
      const isSame = before?.uid === metadata.uid
      const changedMs = isSame && before?.schedule !== schedule ? nowMs : isSame ? before?.changedMs : undefined
      known.set(key, { uid: metadata.uid, schedule, changedMs })
      return changedMs
    },
    forget: (key) => {
      known.delete(key)
    },
  }
}

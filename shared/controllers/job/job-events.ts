import type { Job } from '../../resources/resource.ts'
import type { EventRecorder } from '../controller.ts'
import { finishedCondition, trueCondition } from './condition.ts'

interface Context {
  readonly events: EventRecorder
}

export const tellSuspension = async (before: Job, after: Job, { events }: Context): Promise<void> => {
  const [was, is] = [before, after].map(({ status }) => trueCondition(status, 'Suspended') !== undefined)
  if (was === is) return
  if (is) await events.record(after, 'Normal', 'Suspended', 'Job suspended')
  else await events.record(after, 'Normal', 'Resumed', 'Job resumed')
}

export const tellEnd = async (job: Job, { events }: Context): Promise<void> => {
  const { type, reason = '', message = '' } = finishedCondition(job.status) ?? {}
  if (type === 'Failed') return events.record(job, 'Warning', reason, message)
  const { completions } = job.spec
  if (completions !== undefined && (job.status?.succeeded ?? 0) > completions) {
    const text = 'Too many succeeded pods running after completion count reached'
    await events.record(job, 'Warning', 'TooManySucceededPods', text)
  }
  await events.record(job, 'Normal', 'Completed', 'Job completed')
}

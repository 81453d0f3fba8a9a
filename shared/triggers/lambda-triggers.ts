import { GetEventSourceMappingCommand, type LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda'
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { Clock } from '../platform/clock.ts'
import type { Triggers } from './triggers.ts'

/** One queue that calls a function. */
export interface TriggerReference {
  /** of the event source mapping */
  readonly id: string
  readonly queueUrl: string
}

export interface LambdaTriggersOptions {
  readonly lambda: Pick<LambdaClient, 'send'>
  readonly sqs: Pick<SQSClient, 'send'>
  readonly triggers: readonly TriggerReference[]
  readonly clock: Clock
  /** how long what was found is taken to be so; default 5 min */
  readonly freshMs?: number | undefined
}

const statesWhen = (on: boolean) => (on ? ['Enabled', 'Enabling', 'Creating'] : ['Disabled', 'Disabling'])

/** Event source mappings of Lambda: each polls its queue for as long as it is enabled, and that is paid for. */
export const createLambdaTriggers = (options: LambdaTriggersOptions): Triggers => {
  const { lambda, sqs, triggers, clock, freshMs = 300_000 } = options
  const known = new Map<string, { readonly on: boolean; readonly atMs: number }>()

  const setOne = async ({ id, queueUrl }: TriggerReference, on: boolean): Promise<void> => {
    const last = known.get(id)
    if (last?.on === on && clock.now() - last.atMs < freshMs) return
    const { State = '' } = await lambda.send(new GetEventSourceMappingCommand({ UUID: id }))
    if (!statesWhen(on).includes(State)) {
      if (!on && (await holdsMessages(sqs, queueUrl))) return
      if (!(await change(lambda, id, on))) return
    }
    known.set(id, { on, atMs: clock.now() })
  }

  return {
    set: async (on) => {
      await Promise.all(triggers.map((trigger) => setOne(trigger, on)))
    },
  }
}

/** False: another change is under way, the next call finds out. */
const change = async (lambda: LambdaTriggersOptions['lambda'], UUID: string, Enabled: boolean): Promise<boolean> => {
  try {
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }))
    return true
  } catch (error) {
    if (error instanceof Error && ['ResourceInUseException', 'ResourceConflictException'].includes(error.name)) return false
    throw error
  }
}

const counts = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const

const holdsMessages = async (sqs: LambdaTriggersOptions['sqs'], QueueUrl: string): Promise<boolean> => {
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counts] }))
  return counts.some((count) => Number(Attributes[count] ?? 0) > 0)
}

/** `id=url` each, with blanks between them. Throws when it is something else. */
export const parseTriggers = (text: string): TriggerReference[] =>
  text.split(' ').map((part) => {
    const [, id, queueUrl] = /^([^=]+)=(.+)$/.exec(part) ?? []
    if (id === undefined || queueUrl === undefined) throw new Error(`"${part}" is no trigger: id=url is one`)
    return { id, queueUrl }
  })

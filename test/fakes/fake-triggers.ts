import { GetEventSourceMappingCommand, type LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda'
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs'

/** Event source mappings of Lambda, and how many messages their queues hold. */
export class FakeTriggers {
  readonly states = new Map<string, string>()
  /** by URL of queue */
  readonly waiting = new Map<string, number>()
  calls = 0

  constructor(...ids: string[]) {
    for (const id of ids) this.states.set(id, 'Enabled')
  }

  readonly lambda = { send: (command: unknown) => this.#send(command) } as unknown as Pick<LambdaClient, 'send'>
  readonly sqs = { send: (command: unknown) => this.#send(command) } as unknown as Pick<SQSClient, 'send'>

  async #send(command: unknown): Promise<unknown> {
    this.calls++
    if (command instanceof GetEventSourceMappingCommand) return { State: this.states.get(command.input.UUID ?? '') }
    if (command instanceof UpdateEventSourceMappingCommand) {
      const { UUID = '', Enabled } = command.input
      if (this.states.get(UUID)?.endsWith('ing'))
        throw Object.assign(new Error('the mapping is in use'), { name: 'ResourceInUseException' })
      this.states.set(UUID, Enabled ? 'Enabled' : 'Disabled')
      return {}
    }
    if (command instanceof GetQueueAttributesCommand)
      return { Attributes: { ApproximateNumberOfMessages: String(this.waiting.get(command.input.QueueUrl ?? '') ?? 0) } }
    throw new Error('unexpected command')
  }
}

import { ArnFormat, Stack } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { type TriggerOptions, trigger } from './work-queues.ts'

/** Queues that call their functions only while there are nodes, or pods that wait for one: a trigger polls, and polls are most of an idle cluster's bill. */
export class NodeTriggers extends Construct {
  readonly #triggers: { readonly source: SqsEventSource; readonly queue: Queue }[] = []

  add(consumer: IFunction, queue: Queue, options: TriggerOptions): void {
    const source = trigger(queue, options)
    consumer.addEventSource(source)
    this.#triggers.push({ source, queue })
  }

  /** as `shared/triggers` reads them */
  get references(): string {
    return this.#triggers.map(({ source, queue }) => `${source.eventSourceMappingId}=${queue.queueUrl}`).join(' ')
  }

  /** To turn them on and off, and to see that a queue is empty before. */
  grantSet(grantee: IGrantable): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
      resourceArns: this.#triggers.map(({ source }) =>
        Stack.of(this).formatArn({
          service: 'lambda',
          resource: 'event-source-mapping',
          resourceName: source.eventSourceMappingId,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ),
    })
    Grant.addToPrincipal({
      grantee,
      actions: ['sqs:GetQueueAttributes'],
      resourceArns: this.#triggers.map(({ queue }) => queue.queueArn),
    })
  }
}

import { Stack } from 'aws-cdk-lib'
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { grantWildcard } from './wildcard-grant.ts'

/** Queues that come and go with nodes: they are made by functions, so all that stands here is who may do what with them. */
export class Mailboxes extends Construct {
  /** names start with it */
  readonly prefix: string

  constructor(scope: Construct, id: string, { clusterName }: { readonly clusterName: string }) {
    super(scope, id)
    this.prefix = `${clusterName}-mailbox-`
  }

  grantDeliver(grantee: IGrantable): Grant {
    return this.#grant(grantee, 'sqs:GetQueueUrl', 'sqs:SendMessage')
  }

  grantManage(grantee: IGrantable): Grant {
    return this.#grant(grantee, 'sqs:GetQueueUrl', 'sqs:CreateQueue', 'sqs:DeleteQueue')
  }

  grantRead(grantee: IGrantable): Grant {
    return this.#grant(grantee, 'sqs:GetQueueUrl', 'sqs:ReceiveMessage', 'sqs:DeleteMessage')
  }

  #grant(grantee: IGrantable, ...actions: string[]): Grant {
    return grantWildcard(this, {
      grantee,
      actions,
      resourceArn: Stack.of(this).formatArn({ service: 'sqs', resource: `${this.prefix}*` }),
      reason: 'mailboxes are made and removed with their nodes',
    })
  }
}

import { RemovalPolicy, Validations } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'

export interface DataKeyProps {
  /** whether the keys outlive the stack, as the table that needs them does; @default true */
  readonly retain?: boolean
}

/** The secret whose keys encrypt the cluster's Secrets; `shared/secrets/secrets-manager` says what is in it. */
export class DataKey extends Construct {
  readonly secret: Secret
  get secretArn(): string {
    return this.secret.secretArn
  }

  constructor(scope: Construct, id: string, { retain = true }: DataKeyProps = {}) {
    super(scope, id)
    this.secret = new Secret(this, 'Secret', {
      description: 'Windlass: keys that encrypt Secrets in the table. Without them those are lost.',
      // CloudFormation makes a new value when any of this changes, and all Secrets would be lost.
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ version: 1 }),
        generateStringKey: 'seed',
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    })
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'the clock adds a key every 30 days and encrypts anew; a rotation schedule would need another function',
    })
  }

  grantRead(grantee: IGrantable): Grant {
    return this.#grant(grantee, 'secretsmanager:GetSecretValue')
  }

  grantRotate(grantee: IGrantable): Grant {
    return this.#grant(grantee, 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue')
  }

  #grant(grantee: IGrantable, ...actions: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.secretArn] })
  }
}

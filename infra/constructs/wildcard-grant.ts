import { Stack, Token, Validations } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'

export interface WildcardGrantProps {
  readonly grantee: IGrantable
  readonly actions: string[]
  readonly resourceArn: string
  /** why no narrower name can be given */
  readonly reason: string
  /** @default none */
  readonly conditions?: Record<string, Record<string, unknown>>
}

/** A grant on resources that have no single name, said to cdk-nag for this one grantee and these resources. */
export const grantWildcard = (scope: Construct, props: WildcardGrantProps): Grant => {
  const { grantee, actions, resourceArn, reason, conditions } = props
  acknowledgeWildcard(grantee, findingOf(Stack.of(scope), resourceArn), reason)
  return Grant.addToPrincipal({ grantee, actions, resourceArns: [resourceArn], ...(conditions && { conditions }) })
}

export const acknowledgeWildcard = ({ grantPrincipal }: IGrantable, resource: string, reason: string): void => {
  if (Construct.isConstruct(grantPrincipal))
    Validations.of(grantPrincipal).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason })
}

/** As cdk-nag writes an ARN: references in angle brackets. */
export const findingOf = (stack: Stack, arn: string): string => {
  if (!Token.isUnresolved(arn)) return arn
  const resolved = stack.resolve(arn) as { 'Fn::Join': [string, (string | { Ref: string })[]] }
  const [separator, parts] = resolved['Fn::Join']
  return parts.map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join(separator)
}

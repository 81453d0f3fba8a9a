import { Duration, Validations } from 'aws-cdk-lib'
import { EndpointType, LambdaIntegration, ResponseTransferMode, RestApi } from 'aws-cdk-lib/aws-apigateway'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'

export interface ApiGatewayProps {
  readonly handler: IFunction
  /** also the first part of every path; @default 'k8s' */
  readonly stageName?: string
}

/** The cluster's URL. Everything below it goes to one function, and answers stream, so that watches and logs do. */
export class ApiGateway extends Construct {
  readonly api: RestApi
  /** without a slash at its end */
  readonly url: string

  constructor(scope: Construct, id: string, { handler, stageName = 'k8s' }: ApiGatewayProps) {
    super(scope, id)
    this.api = new RestApi(this, 'Api', {
      description: 'Windlass: the Kubernetes API',
      endpointConfiguration: { types: [EndpointType.REGIONAL] },
      deployOptions: { stageName },
      // Bodies are YAML, JSON or protobuf: their bytes reach the function as they are.
      binaryMediaTypes: ['*/*'],
    })
    const integration = new LambdaIntegration(handler, {
      responseTransferMode: ResponseTransferMode.STREAM,
      timeout: Duration.minutes(15),
      scopePermissionToMethod: false,
    })
    this.api.root.addMethod('ANY', integration)
    this.api.root.addResource('{proxy+}').addMethod('ANY', integration)
    this.url = this.api.deploymentStage.urlForPath().replace(/\/$/, '')
    Validations.of(this.api).acknowledge(
      {
        id: 'AwsSolutions-APIG1',
        reason: 'access logs need a role that is a setting of the whole account; the function logs requests',
      },
      { id: 'AwsSolutions-APIG2', reason: "the function validates requests, as the Kubernetes API's conventions say" },
      {
        id: 'AwsSolutions-APIG3',
        reason: 'a web ACL costs $5 a month and more, which is not ours to decide; it can be attached',
      },
      { id: 'AwsSolutions-APIG4', reason: 'the function authenticates every request: STS tokens, service account tokens' },
      { id: 'AwsSolutions-APIG6', reason: 'as for access logs' },
      { id: 'AwsSolutions-COG4', reason: 'as for authorization: Kubernetes clients know no user pools' },
    )
  }
}

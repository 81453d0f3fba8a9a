import { ArnFormat, Stack } from 'aws-cdk-lib'
import type { IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { secretPrefix } from '../../shared/secrets/secrets-manager/vault-name.ts'
import { grantWildcard } from './wildcard-grant.ts'

const actions = ['CreateSecret', 'PutSecretValue', 'GetSecretValue', 'DescribeSecret', 'UpdateSecretVersionStage', 'DeleteSecret']

/** To keep data of Secrets one to one in Secrets Manager. */
export const grantSecretVault = (
  scope: Construct,
  { grantee, clusterName }: { readonly grantee: IGrantable; readonly clusterName: string },
): void => {
  grantWildcard(scope, {
    grantee,
    actions: actions.map((action) => `secretsmanager:${action}`),
    resourceArn: Stack.of(scope).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${secretPrefix(clusterName)}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
    reason: 'made and removed with Secrets: the name starts with that of the cluster',
  })
}

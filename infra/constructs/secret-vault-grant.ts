import { ArnFormat, Stack } from 'aws-cdk-lib'
import type { IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { secretPrefix } from '../../shared/secrets/secrets-manager/vault-name.ts'
import { grantWildcard } from './wildcard-grant.ts'

const actions = [
  'CreateSecret',
  'PutSecretValue',
  'GetSecretValue',
  'DescribeSecret',
  'UpdateSecretVersionStage',
  'DeleteSecret',
  'RestoreSecret',
]

interface SecretVaultGrant {
  readonly grantee: IGrantable
  readonly clusterName: string
}

/** To keep data of Secrets one to one in Secrets Manager. */
export const grantSecretVault = (scope: Construct, grant: SecretVaultGrant): void =>
  grantOnSecrets(scope, { ...grant, actions, reason: 'made and removed with Secrets: the name starts with that of the cluster' })

/** To remove those to which no Secret refers. */
export const grantVaultSweep = (scope: Construct, grant: SecretVaultGrant): void => {
  grantOnSecrets(scope, {
    ...grant,
    actions: ['DeleteSecret'],
    reason: 'removes what is left: the name starts with that of the cluster',
  })
  grantWildcard(scope, {
    grantee: grant.grantee,
    actions: ['secretsmanager:ListSecrets'],
    resourceArn: '*',
    reason: 'the action knows no resource, and shows no value',
  })
}

const grantOnSecrets = (
  scope: Construct,
  { grantee, clusterName, actions, reason }: SecretVaultGrant & { readonly actions: readonly string[]; readonly reason: string },
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
    reason,
  })
}

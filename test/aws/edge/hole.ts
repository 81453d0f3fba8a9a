import type { AwsCall, AwsRequest } from './request.ts'

export interface Forwarded {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** Calls that the emulator answers otherwise than AWS does are made of others that it has right. */
export const throughHoles = async (
  { service, action, input }: AwsCall,
  request: AwsRequest,
  forward: (request: AwsRequest) => Promise<Forwarded>,
): Promise<Forwarded> => {
  // It gives the first version a name of its own: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
  if (service === 'secretsmanager' && action === 'CreateSecret' && input.ClientRequestToken !== undefined) {
    const { ClientRequestToken, SecretString, ...secret } = input
    const created = await forward({ ...request, body: JSON.stringify(secret) })
    if (created.status !== 200) return created
    const headers = { ...request.headers, 'x-amz-target': 'secretsmanager.PutSecretValue' }
    const body = JSON.stringify({ SecretId: secret.Name, ClientRequestToken, SecretString })
    return forward({ ...request, headers, body })
  }
  return forward(request)
}

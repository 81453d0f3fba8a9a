import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Identity } from '../edge/sts.ts'
import { account, region } from '../emulator/call.ts'

export interface InstanceServicesOptions {
  readonly instanceId: string
  readonly privateAddress: string
  readonly containerInstanceArn: string
  readonly identity: Identity
}

/** What an instance serves to itself: its metadata with the role's credentials, and the ECS agent's introspection. */
export const startInstanceServices = async (options: InstanceServicesOptions) => {
  const { instanceId, privateAddress, containerInstanceArn, identity } = options
  const answers: Readonly<Record<string, () => string | object>> = {
    'PUT /latest/api/token': () => 'session',
    'GET /latest/dynamic/instance-identity/document': () => ({
      instanceId,
      instanceType: 't4g.medium',
      region,
      availabilityZone: `${region}a`,
      privateIp: privateAddress,
      accountId: account,
    }),
    'GET /latest/meta-data/local-hostname': () => `ip-${privateAddress.replaceAll('.', '-')}.ec2.internal`,
    'GET /latest/meta-data/iam/security-credentials/': () => 'nodes',
    'GET /latest/meta-data/iam/security-credentials/nodes': () => ({
      Code: 'Success',
      AccessKeyId: identity.accessKeyId,
      SecretAccessKey: identity.secretAccessKey,
      Token: 'session-token',
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    }),
    'GET /v1/metadata': () => ({ ContainerInstanceArn: containerInstanceArn }),
  }
  const server = createServer((request, response) => {
    const answer = answers[`${request.method} ${request.url}`]?.()
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'text/plain' })
    response.end(typeof answer === 'object' ? JSON.stringify(answer) : answer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

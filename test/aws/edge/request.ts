import type { IncomingHttpHeaders } from 'node:http'

/** One call of an AWS API, whatever protocol it came by. */
export interface AwsCall {
  /** as IAM writes it: `dynamodb`, `sqs`, `ecs`, `autoscaling` … */
  readonly service: string
  readonly action: string
  readonly input: Readonly<Record<string, unknown>>
  readonly accessKeyId: string
}

export interface AwsRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export class UnknownCall extends Error {
  override readonly name = 'UnknownCall'
}

/** of the scope of a signature, where IAM says something else */
const iamNames: Readonly<Record<string, string>> = { dynamodbstreams: 'dynamodb' }

/** Throws UnknownCall for what is no signed call of a protocol that is known here. */
export const readCall = ({ method, path, headers, body }: AwsRequest): AwsCall => {
  const [, accessKeyId, scope] = /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '') ?? []
  if (accessKeyId === undefined || scope === undefined) throw new UnknownCall(`${method} ${path} is not signed`)
  const service = iamNames[scope] ?? scope
  const target = headers['x-amz-target']
  if (typeof target === 'string') {
    const input = JSON.parse(body || '{}') as Record<string, unknown>
    return { service, action: target.split('.').at(-1) ?? '', input, accessKeyId }
  }
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const { Action = '', ...input } = Object.fromEntries(new URLSearchParams(body))
    return { service, action: Action, input, accessKeyId }
  }
  const mapping = /^\/2015-03-31\/event-source-mappings\/([\w-]+)\/?$/.exec(path)
  if (service === 'lambda' && mapping) {
    const action = { GET: 'GetEventSourceMapping', PUT: 'UpdateEventSourceMapping' }[method]
    if (action) return { service, action, input: { UUID: mapping[1] }, accessKeyId }
  }
  throw new UnknownCall(`${method} ${path} of ${service} is not known here`)
}

import type { IncomingMessage } from 'node:http'
import type { APIGatewayProxyEvent } from 'aws-lambda'

export interface EventOptions {
  readonly request: IncomingMessage
  readonly url: URL
  readonly body: Buffer
  readonly apiId: string
  readonly stage: string
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html; all media types are binary */
export const eventOf = ({ request, url, body, apiId, stage }: EventOptions): APIGatewayProxyEvent => {
  const path = url.pathname.slice(stage.length + 1) || '/'
  const multiValueHeaders: Record<string, string[]> = {}
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] ?? ''
    multiValueHeaders[name] = [...(multiValueHeaders[name] ?? []), request.rawHeaders[i + 1] ?? '']
  }
  const many: Record<string, string[]> = {}
  for (const [name, value] of url.searchParams) many[name] = [...(many[name] ?? []), value]
  const last = (values: Record<string, string[]>) =>
    Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']))
  const queried = Object.keys(many).length > 0
  const proxied = path !== '/'
  return {
    resource: proxied ? '/{proxy+}' : '/',
    path,
    httpMethod: request.method ?? 'GET',
    headers: last(multiValueHeaders),
    multiValueHeaders,
    queryStringParameters: queried ? last(many) : null,
    multiValueQueryStringParameters: queried ? many : null,
    pathParameters: proxied ? { proxy: path.slice(1) } : null,
    stageVariables: null,
    requestContext: {
      apiId,
      stage,
      path: url.pathname,
      httpMethod: request.method ?? 'GET',
      identity: { sourceIp: '127.0.0.1' },
      requestId: crypto.randomUUID(),
    } as APIGatewayProxyEvent['requestContext'],
    body: body.length > 0 ? body.toString('base64') : null,
    isBase64Encoded: body.length > 0,
  }
}

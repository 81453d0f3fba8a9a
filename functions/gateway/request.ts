import type { APIGatewayProxyEvent } from 'aws-lambda'
import type { ApiRequest } from '../../shared/apiserver/request.ts'
import { ApiError } from '../../shared/meta/status.ts'

/** What a REST API's proxy integration hands over. */
export const requestOf = (event: APIGatewayProxyEvent, signal: AbortSignal): ApiRequest => {
  const headers = headersOf(event)
  return {
    method: event.httpMethod,
    path: pathOf(event),
    query: queryOf(event),
    rawHeaders: linesOf(event),
    header: (name) => headers.get(name),
    remoteAddress: event.requestContext.identity?.sourceIp,
    body: async (limit) => {
      const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')
      if (body.length > limit) throw new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${limit}`)
      return body
    },
    signal,
  }
}

/** The default domain's path leaves the stage out already; others may not. */
const pathOf = ({ path, requestContext }: APIGatewayProxyEvent): string => {
  const stage = `/${requestContext.stage}`
  const staged = path === stage || path.startsWith(`${stage}/`)
  return staged ? path.slice(stage.length) || '/' : path
}

const headersOf = ({ multiValueHeaders, headers }: APIGatewayProxyEvent): Map<string, string> => {
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(headers ?? {})) if (value !== undefined) found.set(name.toLowerCase(), value)
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    if (values !== undefined) found.set(name.toLowerCase(), values.join(', '))
  }
  return found
}

const linesOf = ({ multiValueHeaders, headers }: APIGatewayProxyEvent): string[] =>
  Object.entries(multiValueHeaders ?? headers ?? {}).flatMap(([name, values = []]) =>
    [values].flat().flatMap((value) => [name, value]),
  )

const queryOf = ({ multiValueQueryStringParameters, queryStringParameters }: APIGatewayProxyEvent): URLSearchParams => {
  const query = new URLSearchParams()
  const many = Object.entries(multiValueQueryStringParameters ?? {})
  for (const [name, values] of many) for (const value of values ?? []) query.append(name, value)
  if (many.length > 0) return query
  for (const [name, value] of Object.entries(queryStringParameters ?? {})) query.append(name, value ?? '')
  return query
}

/** The account and region of everything that is deployed. */
export const account = '000000000000'
export const region = 'us-east-1'

export class AwsError extends Error {
  override readonly name = 'AwsError'
}

// The emulator checks no signatures: it reads the service from the scope.
const authorization = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`

const answerOf = async (what: string, response: Response): Promise<string> => {
  const text = await response.text()
  if (!response.ok) throw new AwsError(`${what} answered ${response.status}: ${text.slice(0, 500)}`)
  return text
}

/** A call in AWS JSON, for services whose SDK client this project does without. */
export const jsonCall = async <T>(url: string, target: string, body: unknown = {}): Promise<T> => {
  const [api = ''] = target.split('.')
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: authorization(services[api] ?? api.toLowerCase()),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
    },
    body: JSON.stringify(body),
  })
  return JSON.parse((await answerOf(target, response)) || '{}') as T
}

const services: Readonly<Record<string, string>> = {
  AWSEvents: 'events',
  AmazonSSM: 'ssm',
  AmazonSQS: 'sqs',
  DynamoDBStreams_20120810: 'streams.dynamodb',
  DynamoDB_20120810: 'dynamodb',
}

/** A call in the Query protocol; answers XML. */
export const queryCall = async (
  url: string,
  service: { readonly name: string; readonly version: string },
  parameters: Readonly<Record<string, string>>,
): Promise<string> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: authorization(service.name), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ Version: service.version, ...parameters }),
  })
  return answerOf(`${service.name} ${parameters.Action}`, response)
}

export const restCall = async (
  url: string,
  service: string,
  { method = 'GET', path, body }: { method?: string; path: string; body?: Uint8Array<ArrayBuffer> },
): Promise<string> => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: authorization(service) },
    ...(body && { body }),
  })
  return answerOf(`${method} ${path}`, response)
}

/** What stands in the elements of this name, at any depth. */
export const elementsOf = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, text = '']) => unescapeXml(text))

const unescapeXml = (text: string) =>
  text.replace(
    /&(lt|gt|quot|apos|amp);/g,
    (_, name: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[name] ?? '',
  )

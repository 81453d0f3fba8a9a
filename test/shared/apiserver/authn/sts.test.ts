import { beforeEach, describe, expect, it } from 'vitest'
import { createStsAuthenticator } from '../../../../shared/apiserver/authn/sts.ts'
import type { ApiRequest } from '../../../../shared/apiserver/request.ts'
import type { AccessEntry, Caller } from '../../../../shared/identity/access-entry.ts'
import { stsHosts } from '../../../../shared/identity/ask-sts.ts'
import { createLogger } from '../../../../shared/platform/log.ts'
import { ManualClock } from '../../../fakes/manual-clock.ts'

const good = {
  Action: 'GetCallerIdentity',
  Version: '2011-06-15',
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-Credential': 'AKIAEXAMPLE/20260101/eu-west-1/sts/aws4_request',
  'X-Amz-Date': '20260101T000000Z',
  'X-Amz-Expires': '60',
  'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
  'X-Amz-Signature': 'f00d',
}
const host = 'https://sts.eu-west-1.amazonaws.com/'
const tokenOf = (url: string) => `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`
const tokenWith = (changes: Record<string, string | undefined> = {}, base = host) => {
  const parameters = Object.entries({ ...good, ...changes }).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return tokenOf(`${base}?${new URLSearchParams(parameters)}`)
}

const admin: Caller = { account: '111122223333', arn: 'arn:aws:sts::111122223333:assumed-role/Admin/alice', userId: 'AROA:alice' }
const entries: AccessEntry[] = [
  { principalArn: 'arn:aws:iam::111122223333:role/team/Admin', username: 'admin:{{SessionName}}', groups: ['system:masters'] },
  { principalArn: 'arn:aws:iam::111122223333:role/Node', username: 'system:node:{{SessionName}}', groups: ['system:nodes'] },
]

let asked: { url: string; headers: Readonly<Record<string, string>> }[]
let answer: Caller | undefined
let clock: ManualClock
let authenticate: (token: string) => Promise<{ name: string; groups: readonly string[] } | undefined>
beforeEach(() => {
  asked = []
  answer = admin
  clock = new ManualClock(Date.UTC(2026, 0, 1, 0, 1))
  const authenticator = createStsAuthenticator({
    audience: 'prod',
    hosts: stsHosts('eu-west-1'),
    entries: async () => entries,
    askSts: async ({ url }, headers) => {
      asked.push({ url: url.href, headers })
      return answer
    },
    clock,
    log: createLogger({ write: () => undefined }),
  })
  authenticate = async (token) =>
    authenticator.authenticate({ header: (name) => (name === 'authorization' ? `Bearer ${token}` : undefined) } as ApiRequest)
})

it('takes a caller whom STS knows for the user of its access entry', async () => {
  expect(await authenticate(tokenWith())).toMatchObject({
    name: 'admin:alice',
    groups: ['system:masters', 'system:authenticated'],
    extra: { 'windlass.dev/arn': [admin.arn] },
  })
  expect(asked).toEqual([{ url: expect.stringContaining(host), headers: { 'x-k8s-aws-id': 'prod', accept: 'application/json' } }])
})

it('takes an instance for its node', async () => {
  answer = { account: '111122223333', arn: 'arn:aws:sts::111122223333:assumed-role/Node/i-0abc', userId: 'AROB:i-0abc' }
  expect(await authenticate(tokenWith())).toMatchObject({
    name: 'system:node:i-0abc',
    groups: ['system:nodes', 'system:authenticated'],
  })
})

it('asks STS once for a token, as long as it is good', async () => {
  await authenticate(tokenWith())
  await authenticate(tokenWith())
  expect(asked).toHaveLength(1)
  clock.advance(14 * 60_000)
  await expect(authenticate(tokenWith())).rejects.toThrow('Unauthorized')
  expect(asked).toHaveLength(1)
})

it('leaves other tokens to others', async () => {
  expect(await authenticate('eyJhbGciOi.x.y')).toBeUndefined()
})

it.each<{ what: string; caller: Caller | undefined }>([
  { what: 'STS does not take the token', caller: undefined },
  { what: 'the principal has no entry', caller: { ...admin, arn: 'arn:aws:sts::111122223333:assumed-role/Other/alice' } },
  {
    what: 'the role is of another account',
    caller: { ...admin, account: '444455556666', arn: 'arn:aws:sts::444455556666:assumed-role/Admin/a' },
  },
  { what: 'it is a user of the name of a role', caller: { ...admin, arn: 'arn:aws:iam::111122223333:user/Admin' } },
])('refuses when $what', async ({ caller }) => {
  answer = caller
  await expect(authenticate(tokenWith())).rejects.toThrow('Unauthorized')
})

describe('calls nobody', () => {
  it.each([
    ['for a host that is not STS', tokenWith({}, 'https://attacker.example/')],
    ['for a host that ends as STS does', tokenWith({}, 'https://evil-sts.eu-west-1.amazonaws.com/')],
    ['for STS as user information', tokenWith({}, 'https://sts.amazonaws.com@attacker.example/')],
    ['for another region', tokenWith({}, 'https://sts.us-east-2.amazonaws.com/')],
    ['without TLS', tokenWith({}, 'http://sts.eu-west-1.amazonaws.com/')],
    ['for another port', tokenWith({}, 'https://sts.eu-west-1.amazonaws.com:8443/')],
    ['for a path', tokenWith({}, `${host}steal`)],
    ['for another action', tokenWith({ Action: 'AssumeRole' })],
    ['for a parameter that is not known', tokenWith({ Endpoint: 'x' })],
    ['for a parameter that comes twice', tokenOf(`${host}?${new URLSearchParams(good)}&action=AssumeRole`)],
    ['when the cluster id is not signed', tokenWith({ 'X-Amz-SignedHeaders': 'host' })],
    ['when it was signed too long ago', tokenWith({ 'X-Amz-Date': '20251231T234500Z' })],
    ['when it is signed in the future', tokenWith({ 'X-Amz-Date': '20260101T001000Z' })],
    ['when it is to live for hours', tokenWith({ 'X-Amz-Expires': '43200' })],
    ['when it says no time', tokenWith({ 'X-Amz-Date': undefined })],
    ['when it is no URL', 'k8s-aws-v1.AAAA'],
    ['when it is huge', `k8s-aws-v1.${'A'.repeat(20_000)}`],
  ])('%s', async (_what, token) => {
    await expect(authenticate(token)).rejects.toThrow('Unauthorized')
    expect(asked).toEqual([])
  })
})

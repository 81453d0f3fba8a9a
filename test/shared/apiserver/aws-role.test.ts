import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDefaultAdmission } from '../../../shared/apiserver/admission/default-plugins.ts'
import type { Pod } from '../../../shared/resources/resource.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
const role = 'arn:aws:iam::111122223333:role/reader'
const tokenFile = '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'

const account = (name: string, annotations: Record<string, string>) =>
  server.call('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name, annotations } } })
const create = async (name: string, asked: { readonly annotations?: object; readonly [field: string]: unknown }) => {
  const { annotations = {}, ...spec } = asked
  const containers = [{ name: 'c', image: 'i' }]
  const body = { metadata: { name, annotations }, spec: { containers, ...spec } }
  return (await server.call<Pod>('POST', '/api/v1/namespaces/default/pods', { body })).json.spec
}
const variables = (container: Pod['spec']['containers'][number] | undefined) =>
  Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]))
const tokenOf = (spec: Pod['spec']) => spec.volumes?.find(({ name }) => name === 'aws-iam-token')?.projected?.sources

beforeAll(async () => {
  server = await startTestServer({ admission: createDefaultAdmission({ awsRoles: { region: 'eu-west-1' } }) })
  await server.makeNamespace('default')
  await account('reader', { 'eks.amazonaws.com/role-arn': role })
})
afterAll(() => server.stop())

describe('a pod whose service account names an IAM role', () => {
  it('finds what AWS SDKs look for', async () => {
    const spec = await create('web', { serviceAccountName: 'reader', initContainers: [{ name: 'first', image: 'i' }] })
    for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
      expect(variables(container)).toEqual({
        AWS_STS_REGIONAL_ENDPOINTS: 'regional',
        AWS_DEFAULT_REGION: 'eu-west-1',
        AWS_REGION: 'eu-west-1',
        AWS_ROLE_ARN: role,
        AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
      })
      expect(container.volumeMounts?.map(({ mountPath }) => mountPath)).toContain(
        '/var/run/secrets/eks.amazonaws.com/serviceaccount',
      )
    }
    const token = { audience: 'sts.amazonaws.com', expirationSeconds: 86_400, path: 'token' }
    expect(tokenOf(spec)).toEqual([{ serviceAccountToken: token }])
  })

  it('keeps what it says itself', async () => {
    const env = [
      { name: 'AWS_REGION', value: 'us-west-2' },
      { name: 'AWS_ROLE_ARN', value: 'arn:aws:iam::111122223333:role/own' },
    ]
    const spec = await create('own', {
      serviceAccountName: 'reader',
      annotations: { 'eks.amazonaws.com/token-expiration': '60', 'eks.amazonaws.com/skip-containers': 'sidecar, other' },
      containers: [
        { name: 'main', image: 'i', env },
        { name: 'sidecar', image: 'i' },
      ],
    })
    const [main, sidecar] = spec.containers
    expect(main?.env).toEqual([...env, { name: 'AWS_STS_REGIONAL_ENDPOINTS', value: 'regional' }])
    expect(sidecar?.env).toBeUndefined()
    expect(tokenOf(spec)).toEqual([{ serviceAccountToken: expect.objectContaining({ expirationSeconds: 600 }) }])
  })

  it('is left alone without such a service account, and where there are no such roles', async () => {
    expect((await create('plain', {})).containers[0]?.env).toBeUndefined()
    const local = await startTestServer()
    await local.makeNamespace('default')
    const annotations = { 'eks.amazonaws.com/role-arn': role }
    const body = { metadata: { name: 'reader', annotations } }
    await local.call('POST', '/api/v1/namespaces/default/serviceaccounts', { body })
    const pod = { metadata: { name: 'web' }, spec: { serviceAccountName: 'reader', containers: [{ name: 'c', image: 'i' }] } }
    const { json } = await local.call<Pod>('POST', '/api/v1/namespaces/default/pods', { body: pod })
    expect(json.spec.containers[0]?.env).toBeUndefined()
    await local.stop()
  })
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Secret, secrets, serviceAccounts } from '../../../shared/resources/resource.ts'
import { allControllers, startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers() })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
})
afterAll(() => cluster.stop())

const account = (name: string) => cluster.client.create(serviceAccounts, { metadata: { name, namespace: 'default' } })
const ask = (name: string, ofAccount: string, more: Partial<Secret> = {}) =>
  cluster.client.create(secrets, {
    metadata: { name, namespace: 'default', annotations: { 'kubernetes.io/service-account.name': ofAccount } },
    type: 'kubernetes.io/service-account-token',
    ...more,
  })
const stored = (name: string) => cluster.cache.get(secrets, 'default', name)
const withToken = (name: string) => (stored(name)?.data?.token ? stored(name) : undefined)
const textOf = ({ data }: Secret) =>
  Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))

it('fills a Secret that asks for a token, keeps what else is in it, and mends what is taken out', async () => {
  const { metadata } = await account('app')
  await ask('token', 'app', { data: { extra: 'eA==' } })
  const filled = await cluster.until(() => withToken('token'))
  const whole = { 'ca.crt': 'PEM', namespace: 'default', token: 'token of app in token', extra: 'x' }
  expect(textOf(filled)).toEqual(whole)
  expect(filled.metadata.annotations).toMatchObject({ 'kubernetes.io/service-account.uid': metadata.uid })
  await cluster.client.patch(secrets, 'default', 'token', { type: 'merge', body: { data: { token: null, 'ca.crt': 'eA==' } } })
  const mended = await cluster.until(() => {
    const found = withToken('token')
    return found?.metadata.resourceVersion !== filled.metadata.resourceVersion && found
  })
  expect(textOf(mended)).toEqual(whole)
})

it('removes it with its account, also when another account has the name now', async () => {
  await account('short')
  await ask('of-short', 'short')
  await ask('other', 'app')
  await cluster.until(() => stored('of-short')?.data?.token && stored('other')?.data?.token)
  await cluster.client.delete(serviceAccounts, 'default', 'short')
  await account('short')
  await cluster.until(() => !stored('of-short'))
  expect(stored('other')).toBeDefined()
})

it('removes what asks for an account that is not there, and leaves Secrets of other types alone', async () => {
  await ask('opaque', 'nobody', { type: 'Opaque' })
  await ask('of-nobody', 'nobody')
  await cluster.until(() => !stored('of-nobody'))
  await cluster.idle()
  expect(stored('opaque')?.data).toBeUndefined()
})

it('takes a Secret that is gone out of what its account lists', async () => {
  await cluster.client.create(serviceAccounts, {
    metadata: { name: 'old', namespace: 'default' },
    secrets: [{ name: 'gone' }, { name: 'kept' }],
  })
  await ask('gone', 'old')
  await cluster.until(() => stored('gone')?.data?.token)
  await cluster.client.delete(secrets, 'default', 'gone')
  const listed = () => cluster.cache.get(serviceAccounts, 'default', 'old')?.secrets
  await cluster.until(() => listed()?.length === 1)
  expect(listed()).toEqual([{ name: 'kept' }])
})

it('makes no token for a Secret that may not change, and says so', async () => {
  await ask('fixed', 'app', { immutable: true })
  await cluster.until(() => cluster.logs.some((line) => line.includes('a Secret that may not change gets no token')))
  await cluster.idle()
  expect(stored('fixed')?.data).toBeUndefined()
})

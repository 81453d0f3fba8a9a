import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, expect, it } from 'vitest'
import { createSecretKeys, rotateSecretKeys } from '../../../shared/secrets/secrets-manager/secret-keys.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

const manager = mockClient(SecretsManagerClient)
const client = new SecretsManagerClient({ region: 'eu-west-1' })
const secret = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:keys'
const seed = 'abcdefghijklmnopqrstuvwxyz0123456789'
let stored: string
let clock: ManualClock
beforeEach(() => {
  clock = new ManualClock()
  stored = JSON.stringify({ version: 1, seed })
  manager.reset()
  manager.on(GetSecretValueCommand).callsFake(() => ({ SecretString: stored }))
  manager.on(PutSecretValueCommand).callsFake(({ SecretString }: { SecretString: string }) => {
    stored = SecretString
  })
})
const open = () => createSecretKeys({ client, secret, clock })

it('makes the first key out of what Secrets Manager generated, always the same', async () => {
  const [one, other] = await Promise.all([open().current(), open().current()])
  expect(one.key).toHaveLength(32)
  expect(other).toEqual(one)
  expect(Buffer.from(one.key).toString()).not.toContain(seed.slice(0, 8))
})

it('asks once, until the newest key may be another', async () => {
  const keys = open()
  const { id } = await keys.current()
  await Promise.all([keys.current(), keys.byId(id), keys.current()])
  expect(manager.commandCalls(GetSecretValueCommand)).toHaveLength(1)
  clock.advance(300_000)
  await keys.current()
  expect(manager.commandCalls(GetSecretValueCommand)).toHaveLength(2)
})

it('encrypts with a new key after a rotation, and still decrypts with the old one', async () => {
  const keys = open()
  const before = await keys.current()
  await rotateSecretKeys({ client, secret })
  clock.advance(300_000)
  const after = await keys.current()
  expect(after.id).not.toBe(before.id)
  expect(await keys.byId(before.id)).toEqual(before)
})

it('finds a key that another process has made since', async () => {
  const keys = open()
  await keys.current()
  await rotateSecretKeys({ client, secret })
  const made = await open().current()
  expect(await keys.byId(made.id)).toEqual(made)
})

it('goes on with the key it has while Secrets Manager is away', async () => {
  const keys = open()
  const before = await keys.current()
  manager.on(GetSecretValueCommand).rejects(new Error('down'))
  clock.advance(300_000)
  expect(await keys.current()).toEqual(before)
})

it('says which key is missing, and nothing of what it holds', async () => {
  const keys = open()
  const { id } = await keys.current()
  await expect(keys.byId('feedfeedfeed')).rejects.toThrow(`holds the keys ${id}, not feedfeedfeed`)
  stored = `{"version":1,"seed":"short ${seed.slice(0, 20)}"}`
  const error = await open()
    .current()
    .catch((thrown: Error) => thrown)
  expect(String(error)).toContain("can't be used")
  expect(String(error)).not.toContain(seed.slice(0, 8))
})

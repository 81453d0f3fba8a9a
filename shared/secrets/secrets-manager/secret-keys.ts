import { GetSecretValueCommand, PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Clock } from '../../platform/clock.ts'
import { type DataKey, type DataKeyProvider, DataKeyUnavailable } from '../key-provider.ts'
import { parseKeys, withNewKey } from './key-document.ts'

export interface SecretKeysOptions {
  readonly client: Pick<SecretsManagerClient, 'send'>
  /** name or ARN */
  readonly secret: string
  readonly clock: Clock
  /** how long the newest key is taken to be the newest; default 5 min */
  readonly freshMs?: number | undefined
}

/** Data keys in one secret of Secrets Manager: read once a process, again when it is not fresh or a key is missing. */
export const createSecretKeys = ({ client, secret, clock, freshMs = 300_000 }: SecretKeysOptions): DataKeyProvider => {
  let held: { readonly keys: readonly DataKey[]; readonly atMs: number } | undefined
  let reading: Promise<readonly DataKey[]> | undefined

  const read = (): Promise<readonly DataKey[]> => {
    reading ??= readKeys(client, secret)
      .then((keys) => {
        held = { keys, atMs: clock.now() }
        return keys
      })
      .finally(() => {
        reading = undefined
      })
    return reading
  }
  const byId = (keys: readonly DataKey[] | undefined, id: string) => keys?.find((key) => key.id === id)

  return {
    current: async () => {
      if (held && clock.now() - held.atMs < freshMs) return held.keys.at(-1)!
      try {
        return (await read()).at(-1)!
      } catch (error) {
        // An older key still decrypts later; a write is worth more than the newest one.
        if (held) return held.keys.at(-1)!
        throw error
      }
    },
    byId: async (id) => {
      const found = byId(held?.keys, id) ?? byId(await read(), id)
      if (found) return found
      const known = held?.keys.map((key) => key.id).join(', ')
      throw new DataKeyUnavailable(`the secret "${secret}" holds the keys ${known}, not ${id}: restore the version that has it`)
    },
  }
}

/** Adds a new key, which values written from soon on get. */
export const rotateSecretKeys = async ({ client, secret }: Pick<SecretKeysOptions, 'client' | 'secret'>): Promise<void> => {
  const SecretString = withNewKey(await readText(client, secret))
  await client.send(new PutSecretValueCommand({ SecretId: secret, SecretString }))
}

const readKeys = async (client: SecretKeysOptions['client'], secret: string): Promise<DataKey[]> => {
  const text = await readText(client, secret)
  try {
    return parseKeys(text)
  } catch (error) {
    throw new DataKeyUnavailable(
      `the secret "${secret}" can't be used: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

const readText = async (client: SecretKeysOptions['client'], secret: string): Promise<string> => {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secret }))
    return SecretString ?? ''
  } catch (cause) {
    throw new DataKeyUnavailable(`can't read the secret "${secret}"`, { cause })
  }
}

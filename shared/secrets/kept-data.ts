import type { ObjectKey } from '../meta/object.ts'
import { type Store, StoreUnavailable } from '../storage/store.ts'
import type { SecretVault } from './secret-vault.ts'
import { mayRefer, parse, type SecretObject, serialize, vaultName, versionOf, withoutReference } from './vault-reference.ts'

export interface KeptDataOptions {
  /** below: where references stand */
  readonly store: Pick<Store, 'get'>
  readonly vault: SecretVault
  readonly prefix: string
}

export interface KeptData {
  /** undefined: there is none (any more) */
  of(key: ObjectKey, object: SecretObject, version: string): Promise<SecretObject['data']>
  /**
   * A stored Secret as it is answered. Of a Secret that is gone, or of its past, what can't be had is left out; of one that is there it
   * throws `StoreUnavailable`.
   */
  open(key: ObjectKey, value: Uint8Array, is?: 'past'): Promise<Uint8Array>
}

export const createKeptData = ({ store, vault, prefix }: KeptDataOptions): KeptData => {
  const data = (value: string | undefined) => (value === undefined ? undefined : (JSON.parse(value) as SecretObject['data']))
  const of: KeptData['of'] = async (key, object, version) => data(await vault.get(vaultName(prefix, key, object), version))

  /** Whoever gave it up may not have known of a newer reference, and Secrets Manager may not know yet what was put. */
  const recover = async (key: ObjectKey, object: SecretObject, { version, past }: { version: string; past: boolean }) => {
    const entry = await store.get(key)
    const now = entry && parse(entry.value)
    if (now?.metadata.uid !== object.metadata.uid) return undefined
    const name = vaultName(prefix, key, object)
    const isCurrent = now && versionOf(now) === version
    if (!isCurrent && past) return undefined
    const value = isCurrent ? await vault.recover(name, version) : undefined
    // One that somebody deleted by hand must not hold up the log, which is everybody's.
    if (value === undefined && !past)
      throw new StoreUnavailable(
        `the data of secret "${key.namespace}/${key.name}" is not in Secrets Manager any more: restore ${name}`,
      )
    return data(value)
  }
  return {
    of,
    open: async (key, value, is) => {
      if (!mayRefer(value)) return value
      const object = parse(value)
      const version = versionOf(object)
      if (version === undefined) return value
      const found = (await of(key, object, version)) ?? (await recover(key, object, { version, past: is === 'past' }))
      return serialize({ ...withoutReference(object), ...(found && { data: found }) })
    },
  }
}

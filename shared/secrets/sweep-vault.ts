import type { Clock } from '../platform/clock.ts'
import type { Store } from '../storage/store.ts'
import type { SecretVault } from './secret-vault.ts'
import { ownerOf, parse, versionOf } from './vault-reference.ts'

export interface SweepVaultOptions {
  readonly vault: Pick<SecretVault, 'list' | 'remove'>
  /** below `vaultStore`: where references stand */
  readonly store: Pick<Store, 'get'>
  readonly prefix: string
  readonly clock: Clock
}

/** What is younger may be about to be referred to. */
const leastAgeMs = 24 * 3_600_000

/** Gives up what no Secret refers to: whoever put it, or should have removed it, was ended. Answers how many. */
export const sweepVault = async ({ vault, store, prefix, clock }: SweepVaultOptions): Promise<number> => {
  let removed = 0
  for (const { name, changedMs } of await vault.list(prefix)) {
    const owner = ownerOf(prefix, name)
    if (!owner || clock.now() - changedMs < leastAgeMs) continue
    const entry = await store.get(owner.key)
    const object = entry && parse(entry.value)
    if (object?.metadata.uid === owner.uid && versionOf(object) !== undefined) continue
    await vault.remove(name)
    removed++
  }
  return removed
}

import { type ObjectKey, resourceName } from '../../../meta/object.ts'
import { internalError } from '../../../meta/status.ts'
import { type Amounts, amountsOf, sameAmounts, textsOf } from '../../../resources/core/quota/amounts.ts'
import { resourceQuota } from '../../../resources/core/resourcequota.ts'
import { type ResourceQuota, resourceQuotas } from '../../../resources/resource.ts'
import { type Entry, RevisionConflict } from '../../../storage/store.ts'
import { decodeStored, encoder } from '../../objects/encode.ts'
import type { AdmissionEnvironment } from '../admission.ts'

export interface Posting {
  /** a state of the quota that the caller knows; a newer one may be taken */
  readonly known: ResourceQuota
  /** What is used after a write, from what is used before; a text: why it can't be. Called again when others were faster. */
  readonly posting: (used: Amounts, quota: ResourceQuota) => Amounts | string
  /** Less is used afterwards: what is known may be from before it was taken, so the newest state is read. */
  readonly gives: boolean
}

/** undefined: posted, or the quota is gone; a text: why not */
type Outcome = string | undefined

interface Waiting extends Posting {
  settle(outcome: Outcome): void
  fail(error: unknown): void
}

/** Upstream's patience. */
const patienceMs = 10_000
const longestPauseMs = 50

/**
 * `status.used` of quotas, as all processes share it: every change is a conditional write, so that what is used is never more than all
 * writes together may use. Postings of this process that wait for the same quota share one write.
 */
export class Ledger {
  readonly #lines = new Map<string, Waiting[]>()

  post(posting: Posting, environment: AdmissionEnvironment): Promise<Outcome> {
    const { namespace, name } = posting.known.metadata
    const key = `${namespace}/${name}`
    return new Promise((settle, fail) => {
      const waiting = { ...posting, settle, fail }
      const line = this.#lines.get(key)
      if (line) line.push(waiting)
      else {
        this.#lines.set(key, [waiting])
        void this.#work(key, environment)
      }
    })
  }

  async #work(key: string, environment: AdmissionEnvironment): Promise<void> {
    const line = this.#lines.get(key)!
    let last: ResourceQuota | undefined
    while (line.length > 0) {
      const batch = line.splice(0)
      try {
        last = await postAll(batch, last, environment)
      } catch (error) {
        for (const { fail } of batch) fail(error)
      }
    }
    this.#lines.delete(key)
  }
}

/** Returns the quota as it is then; undefined: it is gone. */
const postAll = async (
  batch: readonly Waiting[],
  last: ResourceQuota | undefined,
  { store, clock, random }: AdmissionEnvironment,
): Promise<ResourceQuota | undefined> => {
  const untilMs = clock.now() + patienceMs
  const known = newest(last, batch)
  let quota: ResourceQuota | undefined = batch.some(({ gives }) => gives) ? await read(store, known) : known
  for (let attempt = 1; quota; attempt++) {
    const { used, outcomes } = posted(batch, quota)
    try {
      const written: ResourceQuota = used ? await write(store, quota, used) : quota
      for (const [index, { settle }] of batch.entries()) settle(outcomes[index])
      return written
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error
      if (clock.now() >= untilMs) throw internalError(new Error('resource quota evaluation timed out'))
      quota = error.current && decoded(error.current)
      // Who was too late several times lets others go first.
      if (attempt > 2) await clock.sleep(random.integer(Math.min(longestPauseMs, 2 ** attempt)))
    }
  }
  for (const { settle } of batch) settle(undefined)
  return undefined
}

const keyOf = ({ metadata: { namespace = '', name } }: ResourceQuota): ObjectKey => ({
  resource: resourceName(resourceQuotas.group, resourceQuotas.resource),
  namespace,
  name,
})

const revisionOf = ({ metadata }: ResourceQuota) => Number(metadata.resourceVersion)

const newest = (last: ResourceQuota | undefined, batch: readonly Waiting[]): ResourceQuota =>
  batch.reduce((best, { known }) => (revisionOf(known) > revisionOf(best) ? known : best), last ?? batch[0]!.known)

/** `used` is undefined where nothing changes. */
const posted = (batch: readonly Waiting[], quota: ResourceQuota) => {
  const before = amountsOf(quota.status?.used)
  let used = before
  const outcomes = batch.map(({ posting }): Outcome => {
    const after = posting(used, quota)
    if (typeof after === 'string') return after
    used = after
    return undefined
  })
  return { used: sameAmounts(used, before) ? undefined : used, outcomes }
}

const decoded = ({ value }: Entry) => decodeStored(value) as ResourceQuota

const read = async (store: AdmissionEnvironment['store'], quota: ResourceQuota): Promise<ResourceQuota | undefined> => {
  const entry = await store.get(keyOf(quota))
  return entry && decoded(entry)
}

const write = async (store: AdmissionEnvironment['store'], quota: ResourceQuota, used: Amounts): Promise<ResourceQuota> => {
  const changed = { ...quota, status: { ...quota.status, used: textsOf(used) } }
  return decoded(await store.update(keyOf(quota), revisionOf(quota), encoder(resourceQuota, changed)))
}

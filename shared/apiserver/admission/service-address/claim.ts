import type { KubeObject, ObjectKey } from '../../../meta/object.ts'
import type { ObjectMeta } from '../../../meta/object-meta.ts'
import { timestamp } from '../../../platform/clock.ts'
import type { KindDefinition } from '../../../resources/definition.ts'
import { type Entry, KeyExists, RevisionConflict } from '../../../storage/store.ts'
import { decodeStored, encoder } from '../../objects/encode.ts'
import type { AdmissionEnvironment } from '../admission.ts'

/**
 * Something that at most one Service may have: an address, a port. Who creates the record named by it has it, so that no two stateless
 * handlers can hand it out. A record that its Service doesn't know of (a handler died between the two writes) is taken over after a minute.
 */
export interface ClaimKind {
  readonly resource: string
  readonly definition: Pick<KindDefinition, 'group' | 'version' | 'kind'>
  /** beside the metadata that every object has */
  readonly record: (name: string, holder: Holder) => { metadata?: ObjectMeta; spec: unknown }
  readonly holderOf: (record: KubeObject) => Holder | undefined
  readonly heldBy: (service: KubeObject) => readonly string[]
}

export interface Holder {
  readonly namespace: string
  readonly name: string
}

const orphanAfterMs = 60_000

const keyOf = ({ resource }: ClaimKind, name: string): ObjectKey => ({ resource, namespace: '', name })

const sameHolder = (a: Holder | undefined, b: Holder) => a?.namespace === b.namespace && a.name === b.name

/** false: another one has it. */
export const claim = async (
  kind: ClaimKind,
  name: string,
  { holder, environment }: { holder: Holder; environment: AdmissionEnvironment },
): Promise<boolean> => {
  const { store, clock, random } = environment
  const { metadata, ...rest } = kind.record(name, holder)
  const record = {
    metadata: { name, uid: random.uuid(), creationTimestamp: timestamp(clock.now()), ...metadata },
    ...rest,
  } as KubeObject
  const encode = encoder(kind.definition, record)
  try {
    await store.create(keyOf(kind, name), encode)
    return true
  } catch (error) {
    if (!(error instanceof KeyExists)) throw error
    if (!(await isOrphan(kind, name, { current: error.current, environment }))) return false
    return takeOver(error.current, { environment, encode })
  }
}

const takeOver = async (
  current: Entry,
  { environment, encode }: { environment: AdmissionEnvironment; encode: ReturnType<typeof encoder> },
): Promise<boolean> => {
  try {
    await environment.store.update(current.key, current.revision, encode)
    return true
  } catch (error) {
    if (error instanceof RevisionConflict) return false
    throw error
  }
}

const isOrphan = async (
  kind: ClaimKind,
  name: string,
  { current, environment }: { current: Entry; environment: AdmissionEnvironment },
): Promise<boolean> => {
  const record = decodeStored(current.value)
  const holder = kind.holderOf(record)
  const ageMs = environment.clock.now() - Date.parse(record.metadata.creationTimestamp ?? '')
  if (!holder || ageMs < orphanAfterMs) return false
  const service = await environment.read('services', holder.namespace, holder.name)
  return !service || !kind.heldBy(service).includes(name)
}

/** Gives back what the holder has; what another one has, or nobody, is left as it is. */
export const release = async (
  kind: ClaimKind,
  name: string,
  { holder, environment }: { holder: Holder; environment: AdmissionEnvironment },
): Promise<void> => {
  const { store } = environment
  const entry = await store.get(keyOf(kind, name))
  if (!entry) return
  const record = decodeStored(entry.value)
  if (!sameHolder(kind.holderOf(record), holder)) return
  try {
    await store.delete(entry.key, entry.revision, encoder(kind.definition, record))
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error
  }
}

import { ApiError } from '../../meta/status.ts'
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin, Reservation } from '../admission/admission.ts'
import type { ApiServerParts } from '../context.ts'
import type { ResourceRequestInfo } from '../router.ts'
import { dryStore } from './dry-store.ts'
import { decodeStored } from './encode.ts'

const recentMs = 2000
/** A process that slept meanwhile does not write: who looks for what was left behind by the dead waits longer than this. */
const maxReservationMs = 30_000

/** One for all phases of a request. */
const environments = new WeakMap<AdmissionAttributes, AdmissionEnvironment>()

const nothing: ResourceRequestInfo = {
  isResource: true,
  verb: 'get',
  path: '',
  group: '',
  version: '*',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
}

const environmentOf = (parts: ApiServerParts, attributes: AdmissionAttributes): AdmissionEnvironment => {
  const known = environments.get(attributes)
  if (known) return known
  const { store, clock, random, authorizer, currentObjects } = parts
  const environment: AdmissionEnvironment = {
    store: attributes.dryRun ? dryStore(store) : store,
    clock,
    random,
    authorizer,
    authorize: async (user, asked) => {
      const info: ResourceRequestInfo = { ...nothing, ...asked }
      return (await authorizer.authorize({ user, info })).verdict === 'allow'
    },
    read: async (resource, namespace, name) => {
      const entry = await store.get({ resource, namespace, name })
      return entry && decodeStored(entry.value)
    },
    list: async (resource, namespace) =>
      (await store.list(resource, { namespace })).entries.map(({ value }) => decodeStored(value)),
    current: currentObjects.reader(0),
    recent: currentObjects.reader(recentMs),
  }
  environments.set(attributes, environment)
  return environment
}

const handles = ({ connects }: AdmissionPlugin, { operation }: AdmissionAttributes): boolean =>
  operation !== 'CONNECT' || connects === true

export const mutate = async (parts: ApiServerParts, attributes: AdmissionAttributes): Promise<void> => {
  const environment = environmentOf(parts, attributes)
  for (const plugin of parts.admission) {
    if (!handles(plugin, attributes)) continue
    const work = plugin.mutate?.(attributes, environment)
    // Most have nothing to do, and a turn of the queue each adds up.
    if (work) await work
  }
}

export const admit = async (parts: ApiServerParts, attributes: AdmissionAttributes): Promise<void> => {
  const environment = environmentOf(parts, attributes)
  for (const plugin of parts.admission) {
    if (!handles(plugin, attributes)) continue
    const work = plugin.validate?.(attributes, environment)
    if (work) await work
  }
}

/** Writes between the reservations and their settling; a failed write gives everything back. */
export const withReservations = async <T>(
  parts: ApiServerParts,
  attributes: AdmissionAttributes,
  write: () => Promise<T>,
): Promise<T> => {
  const environment = environmentOf(parts, attributes)
  const reservations: Reservation[] = []
  let stored = false
  const { clock } = parts
  const untilMs = clock.now() + maxReservationMs
  try {
    for (const plugin of parts.admission) {
      if (!plugin.reserve) continue
      const reservation = await plugin.reserve(attributes, environment)
      if (reservation) reservations.push(reservation)
    }
    if (reservations.length > 0 && clock.now() > untilMs) throw new ApiError('Timeout', 'what was reserved is too old to be used')
    const result = await write()
    stored = true
    return result
  } finally {
    for (const reservation of reservations) await reservation(stored)
  }
}

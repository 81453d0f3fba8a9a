import type { AdmissionAttributes, AdmissionEnvironment, Reservation } from '../admission/admission.ts'
import type { ApiServerParts } from '../context.ts'
import { dryStore } from './dry-store.ts'
import { decodeStored } from './encode.ts'

const environmentOf = ({ store, clock, random }: ApiServerParts, dryRun = false): AdmissionEnvironment => ({
  store: dryRun ? dryStore(store) : store,
  clock,
  random,
  read: async (resource, namespace, name) => {
    const entry = await store.get({ resource, namespace, name })
    return entry && decodeStored(entry.value)
  },
})

export const mutate = async (parts: ApiServerParts, attributes: AdmissionAttributes): Promise<void> => {
  const environment = environmentOf(parts)
  for (const plugin of parts.admission) await plugin.mutate?.(attributes, environment)
}

export const admit = async (parts: ApiServerParts, attributes: AdmissionAttributes): Promise<void> => {
  const environment = environmentOf(parts)
  for (const plugin of parts.admission) await plugin.validate?.(attributes, environment)
}

/** Writes between the reservations and their settling; a failed write gives everything back. */
export const withReservations = async <T>(
  parts: ApiServerParts,
  attributes: AdmissionAttributes,
  write: () => Promise<T>,
): Promise<T> => {
  const environment = environmentOf(parts, attributes.dryRun)
  const reservations: Reservation[] = []
  let stored = false
  try {
    for (const plugin of parts.admission) {
      const reservation = await plugin.reserve?.(attributes, environment)
      if (reservation) reservations.push(reservation)
    }
    const result = await write()
    stored = true
    return result
  } finally {
    for (const reservation of reservations) await reservation(stored)
  }
}

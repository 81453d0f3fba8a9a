import type { ManagedFieldsEntry } from '../../meta/object-meta.ts'
import { ApiError } from '../../meta/status.ts'
import type { AdmissionAttributes, AdmissionPlugin, Reservation } from '../admission/admission.ts'
import type { ApiServerParts } from '../context.ts'
import { RequestEnvironment } from './admission-environment.ts'
import { settleManagers } from './settle-managers.ts'

/** A process that slept meanwhile does not write: who looks for what was left behind by the dead waits longer than this. */
const maxReservationMs = 30_000

/** One for all phases of a request; it stands in its attributes, and in what is made of them. */
const environmentKey = Symbol('environment')

const environmentOf = (
  parts: ApiServerParts,
  attributes: AdmissionAttributes & { [environmentKey]?: RequestEnvironment },
): RequestEnvironment => {
  attributes[environmentKey] ??= new RequestEnvironment(parts, attributes)
  return attributes[environmentKey]
}

/** Of a server's plugins, in order, those that have something to do in a phase at all. */
interface Phases {
  readonly mutate: readonly Does<'mutate'>[]
  readonly validate: readonly Does<'validate'>[]
  readonly reserve: readonly Does<'reserve'>[]
}
type Does<Phase extends keyof AdmissionPlugin> = AdmissionPlugin & Required<Pick<AdmissionPlugin, Phase>>

const phases = new WeakMap<readonly AdmissionPlugin[], Phases>()

const phasesOf = ({ admission }: ApiServerParts): Phases => {
  let made = phases.get(admission)
  if (!made) {
    const doing = <Phase extends keyof AdmissionPlugin>(phase: Phase) =>
      admission.filter((plugin): plugin is Does<Phase> => plugin[phase] !== undefined)
    made = { mutate: doing('mutate'), validate: doing('validate'), reserve: doing('reserve') }
    phases.set(admission, made)
  }
  return made
}

const handles = ({ connects }: AdmissionPlugin, { operation }: AdmissionAttributes): boolean =>
  operation !== 'CONNECT' || connects === true

/** Asks plugins one after the other. Most have nothing to do, and a turn of the queue each adds up: a promise only where one is waited for. */
const askEach = <P>(plugins: readonly P[], ask: (plugin: P) => Promise<void> | void, first = 0): Promise<void> | undefined => {
  for (let index = first; index < plugins.length; index++) {
    const work = ask(plugins[index]!)
    if (work) return work.then(() => askEach(plugins, ask, index + 1))
  }
  return undefined
}

/** True: somebody outside has changed the object, and what was looked at before has to be looked at again. */
export const mutate = async (parts: ApiServerParts, attributes: AdmissionAttributes): Promise<boolean> => {
  const environment = environmentOf(parts, attributes)
  const managers = attributes.object?.metadata?.managedFields
  const round = () =>
    askEach(phasesOf(parts).mutate, (plugin) =>
      handles(plugin, attributes) ? plugin.mutate(attributes, environment) : undefined,
    )
  const work = round()
  if (work) await work
  if (!environment.isChanged) return false
  environment.rounds.begin()
  await round()
  afterChange(attributes, managers)
  return true
}

const afterChange = ({ object, warnings }: AdmissionAttributes, managers: ManagedFieldsEntry[] | undefined): void => {
  if (object?.metadata) warnings.push(...settleManagers(object.metadata, managers))
}

export const admit = async (parts: ApiServerParts, attributes: AdmissionAttributes): Promise<void> => {
  const environment = environmentOf(parts, attributes)
  const work = askEach(phasesOf(parts).validate, (plugin) =>
    handles(plugin, attributes) ? plugin.validate(attributes, environment) : undefined,
  )
  if (work) await work
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
    for (const plugin of phasesOf(parts).reserve) {
      const work = plugin.reserve(attributes, environment)
      const reservation = work && (await work)
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

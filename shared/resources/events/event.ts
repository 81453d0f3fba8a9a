import { dns1123Subdomain } from '../../meta/names.ts'
import type { KubeObject } from '../../meta/object.ts'
import { validateEvent } from '../core/event-validation.ts'
import type { ServedVersion } from '../definition.ts'
import type { EventsV1Event } from '../generated/types.ts'
import type { Event } from '../resource.ts'
import { validateNewEvent, validateNewEventUpdate } from './event-validation.ts'

/** This version's names of fields, and those that they are stored by. */
const fields = {
  metadata: 'metadata',
  eventTime: 'eventTime',
  series: 'series',
  reportingController: 'reportingComponent',
  reportingInstance: 'reportingInstance',
  action: 'action',
  reason: 'reason',
  regarding: 'involvedObject',
  related: 'related',
  note: 'message',
  type: 'type',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
} as const satisfies Record<Exclude<keyof EventsV1Event, 'apiVersion' | 'kind'>, keyof Event>

const toStoredNames = Object.entries(fields)
const fromStoredNames = toStoredNames.map(([name, stored]) => [stored, name] as const)

/** The fields that are there, by other names. */
const renamed = (object: KubeObject, names: readonly (readonly [from: string, to: string])[]): KubeObject => {
  const result: Record<string, unknown> = {}
  for (const [from, to] of names) if (object[from] !== undefined) result[to] = object[from]
  return result as KubeObject
}

const fromStored = (event: Event): KubeObject => {
  const object = renamed(event, fromStoredNames)
  // stored even when empty, and here not shown then
  for (const name of ['reportingController', 'reportingInstance']) if (object[name] === '') delete object[name]
  return object
}

const regarding = (field: keyof Event['involvedObject']) => (event: Event) => event.involvedObject[field] ?? ''

/** The Events of the core group by newer names, and with stricter rules. */
export const eventsV1: ServedVersion<Event> = {
  group: 'events.k8s.io',
  version: 'v1',
  schema: 'io.k8s.api.events.v1.Event',
  toStored: (object) => renamed(object, toStoredNames) as Event,
  fromStored,
  validate: validateEvent('reportingController'),
  validateCreate: validateNewEvent,
  validateUpdate: validateNewEventUpdate,
  validateName: dns1123Subdomain,
  unqualifiedFinalizers: false,
  metadataLast: false,
  fieldSelectors: {
    reason: ({ reason }) => reason ?? '',
    'regarding.kind': regarding('kind'),
    'regarding.namespace': regarding('namespace'),
    'regarding.name': regarding('name'),
    'regarding.uid': regarding('uid'),
    'regarding.apiVersion': regarding('apiVersion'),
    'regarding.resourceVersion': regarding('resourceVersion'),
    'regarding.fieldPath': regarding('fieldPath'),
    reportingController: ({ reportingComponent }) => reportingComponent ?? '',
    type: ({ type }) => type ?? '',
  },
}

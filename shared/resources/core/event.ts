import { humanAge } from '../../meta/duration.ts'
import { pathSegment } from '../../meta/names.ts'
import { nameColumn, text, wide } from '../column.ts'
import { define } from '../definition.ts'
import { eventsV1 } from '../events/event.ts'
import type { Event } from '../resource.ts'
import { validateEvent } from './event-validation.ts'

const firstSeen = (event: Event, nowMs: number) => humanAge(event.firstTimestamp ?? event.eventTime, nowMs)

const lastSeen = (event: Event, nowMs: number) => {
  if (event.series) return humanAge(event.series.lastObservedTime, nowMs)
  return event.lastTimestamp ? humanAge(event.lastTimestamp, nowMs) : firstSeen(event, nowMs)
}

const target = ({ involvedObject: { kind = '', name = '' } }: Event) =>
  name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase()

const source = ({ source, reportingComponent, reportingInstance }: Event) => {
  const component = source?.component || reportingComponent || ''
  const instance = source?.host || reportingInstance
  return instance ? `${component}, ${instance}` : component
}

export const event = define<Event>({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  validateName: pathSegment,
  unqualifiedFinalizers: true,
  metadataLast: true,
  hasDependents: false,
  schema: 'io.k8s.api.core.v1.Event',
  default: (object) => {
    ;(object as Partial<Event>).involvedObject ??= {}
    object.source ??= {}
    object.reportingComponent ??= ''
    object.reportingInstance ??= ''
  },
  createOnUpdate: true,
  ttlSeconds: 3600,
  servedAs: [eventsV1],
  validate: validateEvent('reportingComponent'),
  fieldSelectors: {
    'involvedObject.kind': ({ involvedObject }) => involvedObject.kind ?? '',
    'involvedObject.namespace': ({ involvedObject }) => involvedObject.namespace ?? '',
    'involvedObject.name': ({ involvedObject }) => involvedObject.name ?? '',
    'involvedObject.uid': ({ involvedObject }) => involvedObject.uid ?? '',
    'involvedObject.apiVersion': ({ involvedObject }) => involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': ({ involvedObject }) => involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': ({ involvedObject }) => involvedObject.fieldPath ?? '',
    reason: ({ reason }) => reason ?? '',
    reportingComponent: ({ reportingComponent }) => reportingComponent ?? '',
    source: ({ source, reportingComponent }) => source?.component || reportingComponent || '',
    type: ({ type }) => type ?? '',
  },
  columns: [
    text('Last Seen', 'The time at which the most recent occurrence of this event was recorded.', lastSeen),
    text('Type', 'Type of this event (Normal, Warning), new types could be added in the future', ({ type }) => type ?? ''),
    text(
      'Reason',
      "This should be a short, machine understandable string that gives the reason for the transition into the object's current status.",
      ({ reason }) => reason ?? '',
    ),
    text('Object', 'The object that this event is about.', target),
    wide(
      'Subobject',
      'If referring to a piece of an object instead of an entire object, this string should contain a valid JSON/Go field access statement, such as desiredState.manifest.containers[2]. For example, if the object reference is to a container within a pod, this would take on a value like: "spec.containers{name}" (where "name" refers to the name of the container that triggered the event) or if no container name is specified "spec.containers[2]" (container with index 2 in this pod). This syntax is chosen only to have some well-defined way of referencing a part of an object.',
      ({ involvedObject }) => involvedObject.fieldPath ?? '',
    ),
    wide('Source', 'The component reporting this event. Should be a short machine understandable string.', source),
    text('Message', 'A human-readable description of the status of this operation.', ({ message }) => (message ?? '').trim()),
    wide('First Seen', 'The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)', firstSeen),
    wide('Count', 'The number of times this event has occurred.', ({ series, count }) =>
      series ? (series.count ?? 0) : count || 1,
    ),
    nameColumn(1),
  ],
})

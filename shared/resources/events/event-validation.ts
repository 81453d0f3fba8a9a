import { type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import type { EventSource, ObjectReference } from '../generated/types.ts'
import type { Event } from '../resource.ts'
import { immutable, isEquivalent } from '../validation/equality.ts'

const validateSeries = ({ series }: Event): FieldError[] =>
  series
    ? [
        ...((series.count ?? 0) < 2 ? [invalidValue('series.count', '', 'should be at least 2')] : []),
        ...(series.lastObservedTime ? [] : [requiredValue('series.lastObservedTime')]),
      ]
    : []

const types: readonly (string | undefined)[] = ['Normal', 'Warning']

const unset = (path: string, isSet: unknown): FieldError[] => (isSet ? [invalidValue(path, '', 'needs to be unset')] : [])

/** What is asked of an Event that comes in by events.k8s.io, beyond the rules for each. Paths are those of the stored one. */
export const validateNewEvent = (event: Event): FieldError[] => [
  ...validateSeries(event),
  ...(event.eventTime ? [] : [requiredValue('eventTime')]),
  ...(types.includes(event.type) ? [] : [invalidValue('type', '', `has invalid value: ${event.type ?? ''}`)]),
  ...unset('firstTimestamp', event.firstTimestamp),
  ...unset('lastTimestamp', event.lastTimestamp),
  ...unset('count', event.count),
  ...unset('source', event.source?.component || event.source?.host),
]

/** Only `series` may change. */
export const validateNewEventUpdate = (event: Event, old: Event): FieldError[] => [
  ...(isEquivalent(event.series, old.series) ? [] : validateSeries(event)),
  ...immutable('involvedObject', goReference(event.involvedObject), goReference(old.involvedObject)),
  ...immutable('reason', event.reason ?? '', old.reason ?? ''),
  ...immutable('message', event.message ?? '', old.message ?? ''),
  ...immutable('source', goSource(event.source), goSource(old.source)),
  ...immutable('firstTimestamp', event.firstTimestamp ?? null, old.firstTimestamp),
  ...immutable('lastTimestamp', event.lastTimestamp ?? null, old.lastTimestamp),
  ...immutable('count', event.count ?? 0, old.count ?? 0),
  // twice, as upstream says it
  ...immutable('reason', event.reason ?? '', old.reason ?? ''),
  ...immutable('type', event.type ?? '', old.type ?? ''),
  ...immutable('eventTime', event.eventTime ?? null, old.eventTime),
  ...immutable('action', event.action ?? '', old.action ?? ''),
  ...immutable('related', goReference(event.related) ?? null, goReference(old.related)),
  ...immutable('reportingController', event.reportingComponent ?? '', old.reportingComponent ?? ''),
  ...immutable('reportingInstance', event.reportingInstance ?? '', old.reportingInstance ?? ''),
]

/** As upstream's messages show them. */
const goReference = (reference: ObjectReference | undefined) =>
  reference && {
    Kind: reference.kind ?? '',
    Namespace: reference.namespace ?? '',
    Name: reference.name ?? '',
    UID: reference.uid ?? '',
    APIVersion: reference.apiVersion ?? '',
    ResourceVersion: reference.resourceVersion ?? '',
    FieldPath: reference.fieldPath ?? '',
  }

const goSource = ({ component = '', host = '' }: EventSource = {}) => ({ Component: component, Host: host })

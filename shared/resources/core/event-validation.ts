import { type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { dns1123Subdomain, qualifiedName } from '../../meta/names.ts'
import type { Event } from '../resource.ts'
import { checked } from '../validation/value.ts'

const maxWordLength = 128
const maxNoteLength = 1024

/** Events of the old API (without eventTime) are hardly checked. `reporter`: what the version asked for calls reportingComponent. */
export const validateEvent =
  (reporter: string) =>
  (event: Event): FieldError[] => [
    ...(event.eventTime ? validateNew(event, reporter) : validateNamespace(event)),
    ...checked('namespace', event.metadata.namespace ?? '', (name) => dns1123Subdomain(name)),
  ]

const mismatch = ({ involvedObject }: Event) =>
  invalidValue('involvedObject.namespace', involvedObject.namespace ?? '', 'does not match event.namespace')

const validateNamespace = (event: Event): FieldError[] => {
  const own = event.metadata.namespace ?? ''
  const regarding = event.involvedObject.namespace ?? ''
  const isRight = regarding === '' ? own === '' || own === 'default' : own === regarding
  return isRight ? [] : [mismatch(event)]
}

const validateNew = (event: Event, reporter: string): FieldError[] => {
  const { reportingComponent = '', metadata, involvedObject } = event
  const ofCluster = metadata.namespace === 'default' || metadata.namespace === 'kube-system'
  return [
    ...(!involvedObject.namespace && !ofCluster ? [mismatch(event)] : []),
    ...(reportingComponent === '' ? [requiredValue(reporter)] : []),
    ...checked(reporter, reportingComponent, qualifiedName),
    ...word('reportingInstance', event.reportingInstance),
    ...word('action', event.action),
    ...word('reason', event.reason),
    ...atMost('message', event.message ?? '', maxNoteLength),
  ]
}

const word = (path: string, value = ''): FieldError[] => [
  ...(value === '' ? [requiredValue(path)] : []),
  ...atMost(path, value, maxWordLength),
]

const atMost = (path: string, value: string, length: number): FieldError[] =>
  Buffer.byteLength(value) > length ? [invalidValue(path, '', `can have at most ${length} characters`)] : []

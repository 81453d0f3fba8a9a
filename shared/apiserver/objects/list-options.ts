import { type FieldError, forbiddenField, invalid, notSupported } from '../../meta/field-error.ts'
import { readInteger } from '../../meta/integer.ts'
import { ApiError, badRequest } from '../../meta/status.ts'
import type { ApiRequest } from '../request.ts'
import { flagIn, integerIn } from './query-value.ts'

export interface ListOptions {
  /** undefined: none given; 0 means "any" */
  readonly resourceVersion: number | undefined
  readonly match: 'Exact' | 'NotOlderThan' | undefined
  readonly limit: number | undefined
  readonly continue: string | undefined
  readonly timeoutSeconds: number | undefined
  readonly allowWatchBookmarks: boolean
  readonly sendInitialEvents: boolean | undefined
}

/** A position in the log. What it is not is another answer for each verb: `wrong` makes it of the finding. */
export const parseResourceVersion = (text: string, wrong: (finding: string) => ApiError): number => {
  const value = readInteger(text, 'ParseUint')
  if (typeof value === 'string') throw wrong(`resourceVersion: Invalid value: ${JSON.stringify(text)}: ${value}`)
  return Number(value)
}

/** Reads and checks what is common to lists and watches, as ValidateListOptions does. */
export const listOptionsOf = ({ query }: Pick<ApiRequest, 'query'>, watch: boolean): ListOptions => {
  const resourceVersion = query.get('resourceVersion') || undefined
  const match = query.get('resourceVersionMatch') || undefined
  const sendInitialEvents = flagIn(query, 'sendInitialEvents')
  const continueToken = query.get('continue') || undefined
  const errors: FieldError[] = watch
    ? watchErrors(match, sendInitialEvents, continueToken)
    : listErrors({ match, resourceVersion, continueToken, sendInitialEvents })
  if (errors.length > 0) throw invalid('meta.k8s.io', 'ListOptions', '', errors)
  return {
    resourceVersion:
      resourceVersion === undefined ? undefined : parseResourceVersion(resourceVersion, watch ? unreadable : unlistable),
    match: match as ListOptions['match'],
    limit: positive(integerIn(query, 'limit')),
    continue: continueToken,
    timeoutSeconds: integerIn(query, 'timeoutSeconds') || undefined,
    allowWatchBookmarks: flagIn(query, 'allowWatchBookmarks') ?? false,
    sendInitialEvents,
  }
}

/** None and less: everything. */
const positive = (value: number | undefined) => (value !== undefined && value > 0 ? value : undefined)

export const unreadable = (finding: string) => new ApiError('InternalError', finding)
const unlistable = (finding: string) => badRequest(`invalid resource version: ${finding}`)

const matches = ['Exact', 'NotOlderThan']
const field = 'resourceVersionMatch'

const listErrors = (options: {
  match: string | undefined
  resourceVersion: string | undefined
  continueToken: string | undefined
  sendInitialEvents: boolean | undefined
}): FieldError[] => {
  const { match, resourceVersion, continueToken, sendInitialEvents } = options
  const errors: FieldError[] = []
  if (match) {
    if (resourceVersion === undefined) {
      errors.push(forbiddenField(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided'))
    }
    if (continueToken) errors.push(forbiddenField(field, 'resourceVersionMatch is forbidden when continue is provided'))
    if (!matches.includes(match)) errors.push(notSupported(field, match, [...matches, '']))
    if (match === 'Exact' && resourceVersion === '0') {
      errors.push(forbiddenField(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    }
  }
  if (sendInitialEvents !== undefined) {
    errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  }
  return errors
}

const watchErrors = (
  match: string | undefined,
  sendInitialEvents: boolean | undefined,
  continueToken: string | undefined,
): FieldError[] => {
  const errors: FieldError[] = []
  if (continueToken) errors.push(forbiddenField(field, 'resourceVersionMatch is forbidden when continue is provided'))
  if (match && sendInitialEvents === undefined) {
    errors.push(forbiddenField(field, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'))
  }
  if (sendInitialEvents !== undefined && !match) {
    errors.push(forbiddenField(field, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
  }
  if (match && match !== 'NotOlderThan') errors.push(notSupported(field, match, ['NotOlderThan']))
  return errors
}

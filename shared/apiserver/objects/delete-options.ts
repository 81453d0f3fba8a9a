import { type FieldError, invalid, invalidValue, notSupported } from '../../meta/field-error.ts'
import type { JsonObject } from '../../meta/json-value.ts'
import { badRequest } from '../../meta/status.ts'
import { readValue } from '../body.ts'
import type { ResourceContext } from '../context.ts'
import { flagIn, integerIn } from './query-value.ts'

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined
  readonly orphanDependents?: boolean | undefined
  readonly propagationPolicy?: string | undefined
  readonly preconditions?: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined } | undefined
  readonly dryRun: boolean
  /** as the client gave them */
  readonly given?: JsonObject | undefined
  /** it was decided on already, as another request */
  readonly admitted?: boolean | undefined
}

const policies = ['Foreground', 'Background', 'Orphan']

/** From the body, or from the query when there is none. */
export const readDeleteOptions = async ({ request, definition, warnings }: ResourceContext): Promise<DeleteOptions> => {
  const options = deleteOptionsFrom(await readValue(request, 'DeleteOptions'), request.query)
  const { propagationWarning } = definition
  if (propagationWarning && options.propagationPolicy === undefined && options.orphanDependents === undefined) {
    warnings.push(propagationWarning)
  }
  return options
}

export const deleteOptionsFrom = (body: unknown, query: URLSearchParams): DeleteOptions => {
  const raw = body === undefined ? fromQuery(query) : fromBody(body)
  const errors: FieldError[] = []
  const { orphanDependents, propagationPolicy, dryRun } = raw
  if (orphanDependents !== undefined && propagationPolicy !== undefined) {
    errors.push(
      invalidValue('propagationPolicy', propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set'),
    )
  }
  if (propagationPolicy !== undefined && !policies.includes(propagationPolicy)) {
    errors.push(notSupported('propagationPolicy', propagationPolicy, [...policies, 'nil']))
  }
  const dryRuns = [...(dryRun ?? []), ...(body === undefined ? [] : query.getAll('dryRun'))]
  if (dryRuns.some((value) => value !== 'All')) errors.push(notSupported('dryRun', dryRuns, ['All']))
  if (errors.length > 0) throw invalid('meta.k8s.io', 'DeleteOptions', '', errors)
  // A negative grace period means the shortest.
  const { gracePeriodSeconds } = raw
  return {
    ...raw,
    gracePeriodSeconds: gracePeriodSeconds !== undefined && gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds,
    dryRun: dryRuns.length > 0,
    given: givenOf({ ...raw, dryRun: dryRuns }),
  }
}

const givenOf = ({ gracePeriodSeconds, preconditions, orphanDependents, propagationPolicy, dryRun = [] }: RawOptions) => ({
  ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
  ...(preconditions && { preconditions }),
  ...(orphanDependents !== undefined && { orphanDependents }),
  ...(propagationPolicy !== undefined && { propagationPolicy }),
  ...(dryRun.length > 0 && { dryRun }),
})

type RawOptions = Omit<DeleteOptions, 'dryRun'> & { readonly dryRun?: readonly string[] | undefined }

const fromBody = (value: unknown): RawOptions => {
  if (value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw badRequest('decoded object cannot be converted to DeleteOptions')
  }
  const given = value as Record<string, unknown>
  if (given.kind !== undefined && given.kind !== 'DeleteOptions') {
    throw badRequest('decoded object cannot be converted to DeleteOptions')
  }
  const { gracePeriodSeconds, orphanDependents, propagationPolicy, preconditions, dryRun } = given
  const wrong = (field: string, type: string) =>
    badRequest(`json: cannot unmarshal ${typeof given[field]} into Go struct field DeleteOptions.${field} of type ${type}`)
  if (!isNone(gracePeriodSeconds) && !Number.isInteger(gracePeriodSeconds) && typeof gracePeriodSeconds !== 'bigint')
    throw wrong('gracePeriodSeconds', 'int64')
  if (!isNone(orphanDependents) && typeof orphanDependents !== 'boolean') throw wrong('orphanDependents', 'bool')
  if (!isNone(propagationPolicy) && typeof propagationPolicy !== 'string')
    throw wrong('propagationPolicy', 'v1.DeletionPropagation')
  if (!isNone(preconditions) && typeof preconditions !== 'object') throw wrong('preconditions', 'v1.Preconditions')
  if (!isNone(dryRun) && !Array.isArray(dryRun)) throw wrong('dryRun', '[]string')
  return {
    gracePeriodSeconds: gracePeriodSeconds ?? undefined,
    orphanDependents: orphanDependents ?? undefined,
    propagationPolicy: propagationPolicy ?? undefined,
    preconditions: preconditions ?? undefined,
    dryRun: dryRun ?? undefined,
  } as RawOptions
}

const isNone = (value: unknown) => value === undefined || value === null

const fromQuery = (query: URLSearchParams): RawOptions => ({
  gracePeriodSeconds: integerIn(query, 'gracePeriodSeconds'),
  orphanDependents: flagIn(query, 'orphanDependents'),
  propagationPolicy: query.get('propagationPolicy') ?? undefined,
  dryRun: query.getAll('dryRun'),
})

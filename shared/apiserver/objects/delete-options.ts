import { type FieldError, invalid, invalidValue, notSupported } from '../../meta/field-error.ts'
import { badRequest } from '../../meta/status.ts'
import { readValue } from '../body.ts'
import type { ResourceContext } from '../context.ts'

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined
  readonly orphanDependents?: boolean | undefined
  readonly propagationPolicy?: string | undefined
  readonly preconditions?: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined } | undefined
  readonly dryRun: boolean
}

const policies = ['Foreground', 'Background', 'Orphan']

/** From the body, or from the query when there is none. */
export const readDeleteOptions = async ({ request }: ResourceContext): Promise<DeleteOptions> => {
  return deleteOptionsFrom(await readValue(request, 'DeleteOptions'), request.query)
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
  }
}

type RawOptions = Omit<DeleteOptions, 'dryRun'> & { readonly dryRun?: readonly string[] | undefined }

const fromBody = (value: unknown): RawOptions => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest('decoded object cannot be converted to DeleteOptions')
  }
  const given = value as Record<string, unknown>
  if (given.kind !== undefined && given.kind !== 'DeleteOptions') {
    throw badRequest('decoded object cannot be converted to DeleteOptions')
  }
  const checked = {
    gracePeriodSeconds: typed(given, 'gracePeriodSeconds', 'number'),
    orphanDependents: typed(given, 'orphanDependents', 'boolean'),
    propagationPolicy: typed(given, 'propagationPolicy', 'string'),
    preconditions: typed(given, 'preconditions', 'object'),
    dryRun: typed(given, 'dryRun', 'object'),
  }
  return checked as RawOptions
}

const typed = (given: Record<string, unknown>, field: string, type: string): unknown => {
  const value = given[field] ?? undefined
  // biome-ignore lint/suspicious/useValidTypeof: the types come from the table above
  if (value !== undefined && typeof value !== type) {
    throw badRequest(`v1.DeleteOptions.${field}: wrong type: ${typeof value}, expected ${type}`)
  }
  return value
}

const fromQuery = (query: URLSearchParams): RawOptions => {
  const grace = query.get('gracePeriodSeconds')
  if (grace && !/^-?\d{1,15}$/.test(grace)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(grace)}: invalid syntax`)
  const orphan = query.get('orphanDependents')
  return {
    gracePeriodSeconds: grace ? Number(grace) : undefined,
    orphanDependents: orphan === null ? undefined : orphan !== 'false' && orphan !== '0',
    propagationPolicy: query.get('propagationPolicy') || undefined,
    dryRun: query.getAll('dryRun'),
  }
}

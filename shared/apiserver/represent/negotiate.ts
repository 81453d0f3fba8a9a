import { ApiError } from '../../meta/status.ts'
import type { ApiRequest } from '../request.ts'

/** How the client wants its answer. */
export interface Representation {
  readonly media: 'json' | 'yaml'
  /** `PartialObjectMetadata` stands for its list too */
  readonly as: 'Object' | 'Table' | 'PartialObjectMetadata'
  /** of meta.k8s.io, for what is not the object itself */
  readonly version: 'v1' | 'v1beta1'
}

const plainJson: Representation = { media: 'json', as: 'Object', version: 'v1' }

interface Clause {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

const parseClause = (text: string): Clause => {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim())
  const parameters = new Map(
    rest.map((part) => {
      const equals = part.indexOf('=')
      return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)]
    }),
  )
  const quality = Number(parameters.get('q') ?? '1')
  return { type, parameters, quality: Number.isNaN(quality) ? 1 : quality }
}

/** By exact text, as upstream's: no other wildcard than the one for everything. */
const mediaTypes: Readonly<Record<string, Representation['media']>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  '*/*': 'json',
}

const representationOf = ({ type, parameters }: Clause, allowed: ReadonlySet<string>): Representation | undefined => {
  const media = Object.hasOwn(mediaTypes, type) ? mediaTypes[type] : undefined
  if (!media) return undefined
  const as = parameters.get('as')
  if (as === undefined) return allowed.has('Object') ? { ...plainJson, media } : undefined
  const version = parameters.get('v')
  if (parameters.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined
  const name = as === 'PartialObjectMetadataList' ? 'PartialObjectMetadata' : as
  if ((name !== 'Table' && name !== 'PartialObjectMetadata') || !allowed.has(as)) return undefined
  return { media, as: name, version }
}

export const objectForms: ReadonlySet<string> = new Set(['Object', 'Table', 'PartialObjectMetadata'])
export const listForms: ReadonlySet<string> = new Set(['Object', 'Table', 'PartialObjectMetadataList'])
/** of what has no table */
export const reviewForms: ReadonlySet<string> = new Set(['Object', 'PartialObjectMetadata'])
/** of what is answered by a Status, whatever is asked for */
export const statusForms: ReadonlySet<string> = new Set(['Object', 'PartialObjectMetadata', 'PartialObjectMetadataList'])
export const plainForms: ReadonlySet<string> = new Set(['Object'])

const served = 'application/json, application/yaml'

/** The first of the client's wishes that can be met. Throws ApiError NotAcceptable when none can. */
export const negotiate = (request: Pick<ApiRequest, 'header'>, allowed: ReadonlySet<string>): Representation => {
  const accept = request.header('accept')
  if (!accept || accept === 'application/json' || accept === '*/*') return plainJson
  const clauses = accept.split(',').map(parseClause)
  if (!clauses.some(({ type }) => Object.hasOwn(mediaTypes, type))) {
    throw new ApiError('NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${served}`)
  }
  for (const clause of clauses.toSorted((a, b) => b.quality - a.quality)) {
    const found = representationOf(clause, allowed)
    if (found) return found
    refuseOtherNumber(clause, allowed)
  }
  throw new ApiError('NotAcceptable', `only the following media types are accepted: ${served}`)
}

/** One for many, or many for one, is understood and can't be. */
const refuseOtherNumber = ({ type, parameters }: Clause, allowed: ReadonlySet<string>): void => {
  if (allowed === plainForms || representationOf({ type, parameters, quality: 1 }, metadataForms) === undefined) return
  const as = parameters.get('as') ?? ''
  const what = as === 'PartialObjectMetadata' ? 'is a list' : 'is not a list'
  throw new ApiError('NotAcceptable', `you requested ${as}, but the requested object ${what}`)
}

const metadataForms: ReadonlySet<string> = new Set(['PartialObjectMetadata', 'PartialObjectMetadataList'])

/** In what an error is told. */
export const errorMedia = (request: Pick<ApiRequest, 'header'>): Representation['media'] => {
  try {
    return negotiate(request, plainForms).media
  } catch {
    return 'json'
  }
}

/** Indented answers: asked for, or read by a person. */
export const wantsPretty = (request: Pick<ApiRequest, 'header' | 'query'>): boolean => {
  const asked = request.query.get('pretty')
  // read as Go's strconv.ParseBool does, unlike other flags
  if (asked) return /^(1|t|T|TRUE|true|True)$/.test(asked)
  return /^(curl|Wget|Mozilla\/5\.0)/.test(request.header('user-agent') ?? '')
}

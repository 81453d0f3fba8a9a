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
  return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality }
}

const mediaTypes: Readonly<Record<string, Representation['media']>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/*': 'json',
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
export const plainForms: ReadonlySet<string> = new Set(['Object'])

/** The first of the client's wishes that can be met. Throws ApiError NotAcceptable when none can. */
export const negotiate = (request: Pick<ApiRequest, 'header'>, allowed: ReadonlySet<string>): Representation => {
  const accept = request.header('accept')
  if (!accept || accept === 'application/json' || accept === '*/*') return plainJson
  const clauses = accept.split(',').map(parseClause)
  for (const clause of clauses.toSorted((a, b) => b.quality - a.quality)) {
    const found = representationOf(clause, allowed)
    if (found) return found
  }
  throw new ApiError('NotAcceptable', 'only the following media types are accepted: application/json, application/yaml')
}

/** Indented answers: asked for, or read by a person. */
export const wantsPretty = (request: Pick<ApiRequest, 'header' | 'query'>): boolean => {
  const asked = request.query.get('pretty')
  if (asked !== null) return asked !== 'false' && asked !== '0'
  return /^(curl|Wget|Mozilla\/5\.0)/.test(request.header('user-agent') ?? '')
}

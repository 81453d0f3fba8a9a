import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { SchemaTable } from '../../meta/schema.ts'
import { ApiError } from '../../meta/status.ts'
import type { KindDefinition } from '../../resources/definition.ts'
import type { DescriptionTable, PublishedTable } from '../../resources/schemas.ts'
import { pathNotFound } from '../paths.ts'
import { verbsOf } from '../registry.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import type { ComponentSources } from './components.ts'
import type { CustomApi, CustomDocument } from './custom-api.ts'
import { documentV2, documentV3 } from './documents.ts'
import { pathsOf } from './kind-paths.ts'
import { alwaysThere, kindsByType } from './kinds.ts'
import type { PathItem } from './operation.ts'
import { groupPath, groupVersionPath, serverPaths } from './server-paths.ts'
import { swaggerProtobuf, swaggerProtobufTypes } from './swagger-protobuf.ts'

export interface OpenApiOptions {
  readonly definitions: readonly KindDefinition[]
  readonly loadSchemas: () => SchemaTable
  readonly loadDescriptions: () => DescriptionTable
  readonly loadPublished: () => PublishedTable
  /** of the server */
  readonly version: string
}

export interface OpenApi {
  /** undefined: not a path of OpenAPI. `custom` tells of the kinds that are not built in, as they are now; without it there are none. */
  handle(request: ApiRequest, custom?: () => Promise<CustomApi>): Promise<ApiResponse> | undefined
}

/** `/openapi/v3`, the documents it names, and `/openapi/v2`. Each is made when it is first asked for and kept, compressed. */
export const createOpenApi = (options: OpenApiOptions): OpenApi => {
  const byVersion = Map.groupBy(options.definitions, ({ group, version }) =>
    group === '' ? `api/${version}` : `apis/${group}/${version}`,
  )
  const others = serverPaths([...new Set(options.definitions.map(({ group }) => group))])
  const documents = new Map<string, Promise<Document>>()
  const once = (name: string, make: () => unknown, encoding = json): Promise<Document> => {
    const made = documents.get(name) ?? compressed(make(), encoding)
    documents.set(name, made)
    return made
  }
  const sources = lazily((): ComponentSources => {
    const schemas = options.loadSchemas()
    const kinds = kindsByType(options.definitions, schemas)
    return { schemas, descriptions: options.loadDescriptions(), published: options.loadPublished(), kinds }
  })
  const index = lazily(() => indexOf(byVersion, others, options))
  const ofVersion = (definitions: readonly KindDefinition[]) => {
    const [{ group, version } = { group: '', version: '' }] = definitions
    const paths = definitions.flatMap((definition) => pathsOf(definition, sources().schemas))
    return {
      paths: [groupVersionPath(group, version), ...paths],
      types: [...(definitions.some(isStored) ? alwaysThere : []), ...definitions.map(({ schema }) => schema)],
    }
  }
  const all = () => {
    const versions = [...byVersion.values()].map(ofVersion)
    return {
      paths: [...others.values(), ...versions.flatMap(({ paths }) => paths)],
      types: versions.flatMap(({ types }) => types),
    }
  }

  const v3 = async (request: ApiRequest, name: string, contents: () => Contents): Promise<ApiResponse> => {
    const hash = index().hashes.get(name)!
    const make = () => once(name, () => documentV3({ ...contents(), sources: sources(), version: options.version }))
    return respondV3(request, { name, hash, make })
  }

  const v3Custom = async (request: ApiRequest, name: string, { documents: all }: CustomApi): Promise<ApiResponse | undefined> => {
    const document = all.get(name)
    const group = /^apis\/([^/]+)$/.exec(name)?.[1]
    const inGroup = group === undefined ? [] : [...all.values()].filter(({ definitions: [first] }) => first?.group === group)
    if (!document && inGroup.length === 0) return undefined
    const hash = document?.hash ?? groupHash(inGroup)
    const make = () =>
      newest(`${name} ${hash}`, async () => {
        const contents = document ? await customContents([document]) : { paths: [groupPath(group!)], types: [] }
        return documentV3({ sources: sources(), ...contents, version: options.version })
      })
    return respondV3(request, { name, hash, make })
  }

  const customContents = async (wanted: readonly CustomDocument[]): Promise<Contents & { sources: ComponentSources }> => {
    const { descriptions, schemas, kinds, ...rest } = sources()
    const types = await Promise.all(wanted.map((one) => one.types(descriptions)))
    const custom = new Map(types.flatMap((map) => [...map]))
    const definitions = wanted.flatMap((one) => one.definitions).filter(({ schema }) => custom.has(schema))
    const versions = Map.groupBy(definitions, ({ group, version }) => `${group}/${version}`)
    return {
      paths: [...versions.values()].flatMap((members) => [
        groupVersionPath(members[0]!.group, members[0]!.version),
        ...members.flatMap((definition) => pathsOf(definition, schemas)),
      ]),
      types: [...alwaysThere, ...definitions.map(({ schema }) => schema)],
      sources: { descriptions, schemas, kinds, ...rest, custom },
    }
  }

  /** Of custom kinds: the few that were asked for last. */
  const kept = new Map<string, Promise<Document>>()
  const newest = (key: string, make: () => Promise<unknown>, encoding = json): Promise<Document> => {
    const found = kept.get(key) ?? make().then((document) => compressed(document, encoding))
    kept.delete(key)
    kept.set(key, found)
    found.catch(() => kept.delete(key))
    if (kept.size > mostCustomDocuments) kept.delete(kept.keys().next().value!)
    return found
  }

  const v2 = async (request: ApiRequest, custom: CustomApi | undefined): Promise<ApiResponse> => {
    const encoding = acceptsJson(request) ? json : acceptsProtobuf(request) ? protobuf : undefined
    if (!encoding) throw noneAccepted()
    const name = `/openapi/v2 ${encoding.contentType}`
    if (!custom?.documents.size) {
      const make = () => documentV2({ ...all(), sources: sources(), version: options.version })
      return respond(request, await once(name, make, encoding), {})
    }
    const make = async () => {
      const [own, more] = [all(), await customContents([...custom.documents.values()])]
      const contents = { paths: [...own.paths, ...more.paths], types: [...own.types, ...more.types] }
      return documentV2({ ...contents, sources: more.sources, version: options.version })
    }
    return respond(request, await newest(`${name} ${custom.version}`, make, encoding), {})
  }

  const indexWith = async (request: ApiRequest, custom: CustomApi | undefined): Promise<ApiResponse> => {
    const elsewhere = Object.entries((await custom?.elsewhere?.()) ?? {})
    if (!custom || custom.documents.size + elsewhere.length === 0)
      return respond(request, await once('/openapi/v3', () => index().document), {})
    const make = async () => {
      const groups = Map.groupBy(custom.documents, ([, { definitions }]) => `apis/${definitions[0]!.group}`)
      const hashes = [
        ...[...custom.documents].map(([name, { hash }]) => [name, hash] as const),
        ...[...groups].map(([name, members]) => [name, groupHash(members.map(([, one]) => one))] as const),
      ]
      const own = Object.fromEntries(hashes.map(([name, hash]) => [name, { serverRelativeURL: urlOf(name, hash) }]))
      const others = Object.fromEntries(elsewhere.map(([name, serverRelativeURL]) => [name, { serverRelativeURL }]))
      return { paths: { ...own, ...index().document.paths, ...others } }
    }
    return respond(request, await newest(`/openapi/v3 ${custom.version} ${JSON.stringify(elsewhere)}`, make), {})
  }

  const handle = (request: ApiRequest, custom?: () => Promise<CustomApi>): Promise<ApiResponse> | undefined => {
    const path = request.path.replace(/\/$/, '')
    if (!path.startsWith('/openapi/v')) return undefined
    if (path === '/openapi/v3') return Promise.resolve(custom?.()).then((api) => indexWith(request, api))
    if (path === '/openapi/v2') return Promise.resolve(custom?.()).then((api) => v2(request, api))
    const name = path.slice('/openapi/v3/'.length)
    const definitions = byVersion.get(name)
    const other = others.get(name)
    if (definitions) return v3(request, name, () => ofVersion(definitions))
    if (other) return v3(request, name, () => ({ paths: [other], types: [] }))
    return custom?.().then(async (api) => {
      const found = await v3Custom(request, name, api)
      if (!found) throw pathNotFound()
      return found
    })
  }
  return { handle }
}

const mostCustomDocuments = 32

const groupHash = (documents: readonly CustomDocument[]): string =>
  createHash('sha512')
    .update(documents.map(({ hash }) => hash).join())
    .digest('hex')
    .toUpperCase()

const urlOf = (name: string, hash: string) => `/openapi/v3/${name}?hash=${hash}`

const respondV3 = async (
  request: ApiRequest,
  { name, hash, make }: { name: string; hash: string; make: () => Promise<Document> },
): Promise<ApiResponse> => {
  const asked = request.query.get('hash')
  if (asked !== null && asked !== hash) return redirect(urlOf(name, hash))
  const forever = { 'cache-control': 'public, immutable', expires: new Date(Date.now() + 365 * 86_400_000).toUTCString() }
  return respond(request, await make(), { etag: `"${hash}"`, ...(asked === null ? {} : forever) })
}

/** A version of reviews alone, which are only created, names no options of a deletion. */
const isStored = (definition: KindDefinition): boolean => verbsOf(definition).includes('delete')

interface Contents {
  readonly paths: readonly PathItem[]
  readonly types: readonly string[]
}

/** What a document is made of is hashed, not the document: the index costs no document. */
const indexOf = (
  byVersion: ReadonlyMap<string, readonly KindDefinition[]>,
  others: ReadonlyMap<string, PathItem>,
  { loadSchemas, version }: OpenApiOptions,
) => {
  const types = createHash('sha512').update(JSON.stringify(loadSchemas())).digest('hex')
  const hashes = new Map<string, string>()
  const paths: Record<string, { serverRelativeURL: string }> = {}
  for (const [name, contents] of [...byVersion, ...others].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const hash = createHash('sha512')
      .update(JSON.stringify([types, version, contents]))
      .digest('hex')
      .toUpperCase()
    hashes.set(name, hash)
    paths[name] = { serverRelativeURL: urlOf(name, hash) }
  }
  return { hashes, document: { paths } }
}

interface Encoding {
  readonly contentType: string
  readonly encode: (document: unknown) => Uint8Array
}

const json: Encoding = { contentType: 'application/json', encode: (document) => Buffer.from(JSON.stringify(document)) }
const protobuf: Encoding = {
  contentType: swaggerProtobufTypes[1], // the one with an @, which clients ask for, is no valid media type
  // Through JSON, which drops what is undefined.
  encode: (document) => swaggerProtobuf(JSON.parse(JSON.stringify(document))),
}

interface Document {
  readonly contentType: string
  readonly plain: Uint8Array
  readonly gzipped: Uint8Array
  readonly etag: string
}

const compress = promisify(gzip)

const compressed = async (document: unknown, { contentType, encode }: Encoding): Promise<Document> => {
  const plain = encode(document)
  const etag = `"${createHash('sha512').update(plain).digest('hex').toUpperCase()}"`
  return { contentType, plain, gzipped: await compress(plain, { level: 1 }), etag }
}

const respond = (request: ApiRequest, document: Document, extra: Record<string, string>): ApiResponse => {
  const headers = { 'content-type': document.contentType, etag: document.etag, vary: 'Accept-Encoding, Accept', ...extra }
  if (request.header('if-none-match') === headers.etag) return { status: 304, headers, body: new Uint8Array() }
  return /\bgzip\b/.test(request.header('accept-encoding') ?? '')
    ? { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: document.gzipped }
    : { status: 200, headers, body: document.plain }
}

const redirect = (location: string): ApiResponse => ({ status: 301, headers: { location }, body: new Uint8Array() })

const acceptsJson = (request: ApiRequest) => {
  const accept = request.header('accept') ?? ''
  return accept === '' || /application\/(json|\*)|\*\/\*/.test(accept)
}

const acceptsProtobuf = (request: ApiRequest) => swaggerProtobufTypes.some((type) => request.header('accept')?.includes(type))

const noneAccepted = () => {
  const types = [json.contentType, ...swaggerProtobufTypes].join(', ')
  return new ApiError('NotAcceptable', `only the following media types are accepted: ${types}`)
}

const lazily = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

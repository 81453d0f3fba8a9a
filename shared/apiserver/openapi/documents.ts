import { patchType } from './basic-types.ts'
import { type ComponentSources, components } from './components.ts'
import { v2, v3 } from './dialect.ts'
import { deleteOptions } from './kinds.ts'
import type { Operation, PathItem } from './operation.ts'
import type { Parameter } from './parameters.ts'

const patchMedia = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]
const patches: Readonly<Record<string, readonly string[]>> = {
  patch: patchMedia,
  'plain patch': patchMedia.filter((media) => !media.includes('strategic')),
}
const statusTexts = { 200: 'OK', 201: 'Created', 202: 'Accepted' } as const
const bearerToken = { type: 'apiKey', name: 'authorization', in: 'header', description: 'Bearer Token authentication' }

export interface DocumentOptions {
  readonly paths: readonly PathItem[]
  /** of types that must be there, whoever names them */
  readonly types: readonly string[]
  readonly sources: ComponentSources
  /** of the server */
  readonly version: string
}

/** OpenAPI 3 of some paths. */
export const documentV3 = ({ paths, types, sources, version }: DocumentOptions): unknown => {
  const schemas = components([...types, ...typesOf(paths)], v3, sources)
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(
      paths.map((item) => [item.path, pathWith(item, { operationOf: operationV3, parameterOf: parameterV3 })]),
    ),
    components: {
      ...(Object.keys(schemas).length > 0 ? { schemas } : {}),
      securitySchemes: { BearerToken: bearerToken },
    },
  }
}

/** Swagger 2 of everything. */
export const documentV2 = ({ paths, types, sources, version }: DocumentOptions): unknown => ({
  swagger: '2.0',
  info: { title: 'Kubernetes', version },
  paths: Object.fromEntries(
    paths.map((item) => [item.path, pathWith(item, { operationOf: operationV2, parameterOf: parameterV2 })]),
  ),
  definitions: components([...types, ...typesOf(paths)], v2, sources),
  securityDefinitions: { BearerToken: bearerToken },
  security: [{ BearerToken: [] }],
})

const typesOf = (paths: readonly PathItem[]): string[] => {
  const named = paths.flatMap(({ operations }) => operations.flatMap(({ body, answer }) => [body, answer]))
  return named.map((name) => (name && patches[name] ? patchType.name : name)).filter((name) => name !== undefined)
}

interface Wording {
  readonly operationOf: (operation: Operation, parameters: readonly unknown[]) => object
  readonly parameterOf: (parameter: Parameter) => unknown
}

/** What all of its operations take is said once, of the path. */
const pathWith = ({ operations }: PathItem, { operationOf, parameterOf }: Wording) => {
  const [first, ...others] = operations
  const common = new Set(first!.parameters.filter((one) => others.every(({ parameters }) => parameters.includes(one))))
  return {
    ...Object.fromEntries(
      operations.map((operation) => {
        const own = operation.parameters.filter((one) => !common.has(one)).map(parameterOf)
        return [operation.method, operationOf(operation, own)]
      }),
    ),
    ...(common.size > 0 ? { parameters: [...common].sort(byName).map(parameterOf) } : {}),
  }
}

const byName = (a: Parameter, b: Parameter) => (a.name < b.name ? -1 : 1)

const described = ({ id, description, tag, about }: Operation) => ({
  description,
  operationId: id,
  tags: [tag],
  ...(about ? { 'x-kubernetes-action': about.action, 'x-kubernetes-group-version-kind': about.kind } : {}),
})

const byMedia = (media: readonly string[], schema: unknown) => Object.fromEntries(media.map((type) => [type, { schema }]))

const parameterV3 = ({ name, in: place, description, type }: Parameter) => ({
  name,
  in: place,
  description,
  ...(place === 'path' ? { required: true } : {}),
  schema: { type, uniqueItems: true },
})

const operationV3 = (operation: Operation, parameters: readonly unknown[]) => {
  const { body, answer, media, statuses } = operation
  const ref = (name: string) => ({ $ref: v3.refPrefix + name })
  const patch = body && patches[body]
  const bodyContent = patch ? byMedia(patch, ref(patchType.name)) : body && byMedia(['*/*'], ref(body))
  const content = byMedia(media, answer === undefined ? { type: 'string' } : ref(answer))
  return {
    ...described(operation),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(bodyContent ? { requestBody: { content: bodyContent, ...(body === deleteOptions ? {} : { required: true }) } } : {}),
    responses: {
      ...Object.fromEntries(statuses.map((code) => [code, { description: statusTexts[code], content }])),
      401: { description: 'Unauthorized' },
    },
  }
}

const parameterV2 = ({ name, in: place, description, type }: Parameter) => ({
  name,
  in: place,
  description,
  type,
  uniqueItems: true,
  ...(place === 'path' ? { required: true } : {}),
})

const operationV2 = (operation: Operation, parameters: readonly unknown[]) => {
  const { body, about, answer, media, statuses } = operation
  const schema = answer === undefined ? { type: 'string' } : { $ref: v2.refPrefix + answer }
  const bodySchema = body && { $ref: v2.refPrefix + (patches[body] ? patchType.name : body) }
  const inBody = bodySchema && {
    name: 'body',
    in: 'body',
    ...(body === deleteOptions ? {} : { required: true }),
    schema: bodySchema,
  }
  const all = [...(inBody ? [inBody] : []), ...parameters]
  return {
    ...described(operation),
    ...(answer === undefined && !about ? {} : { consumes: (body && patches[body]) ?? (about ? ['*/*'] : media) }),
    produces: media,
    schemes: ['https'],
    ...(all.length > 0 ? { parameters: all } : {}),
    responses: {
      ...Object.fromEntries(statuses.map((code) => [code, { description: statusTexts[code], schema }])),
      401: { description: 'Unauthorized' },
    },
  }
}

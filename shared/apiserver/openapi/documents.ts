import type { KindDefinition } from '../../resources/definition.ts'
import { patchType } from './basic-types.ts'
import { type ComponentSources, components, v2, v3 } from './components.ts'
import { deleteOptions, status } from './kinds.ts'
import { type Operation, type PathItem, pathsOf } from './operations.ts'
import type { Parameter } from './parameters.ts'

const patchMedia = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json']
const answerMedia = ['application/json', 'application/yaml']
const statusTexts = { 200: 'OK', 201: 'Created', 202: 'Accepted' } as const

export interface DocumentOptions {
  readonly definitions: readonly KindDefinition[]
  readonly sources: ComponentSources
  /** of the server */
  readonly version: string
}

/** OpenAPI 3 of one group and version. */
export const documentV3 = ({ definitions, sources, version }: DocumentOptions): unknown => {
  const items = definitions.flatMap((definition) => pathsOf(definition, sources.schemas))
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(items.map((item) => [item.path, pathV3(item)])),
    components: {
      schemas: components(rootsOf(definitions, items), v3, sources),
      securitySchemes: {
        BearerToken: { type: 'apiKey', name: 'authorization', in: 'header', description: 'Bearer Token authentication' },
      },
    },
  }
}

/** Swagger 2 of everything. */
export const documentV2 = ({ definitions, sources, version }: DocumentOptions): unknown => {
  const items = definitions.flatMap((definition) => pathsOf(definition, sources.schemas))
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(items.map((item) => [item.path, pathV2(item)])),
    definitions: components(rootsOf(definitions, items), v2, sources),
    securityDefinitions: {
      BearerToken: { type: 'apiKey', name: 'authorization', in: 'header', description: 'Bearer Token authentication' },
    },
    security: [{ BearerToken: [] }],
  }
}

const rootsOf = (definitions: readonly KindDefinition[], items: readonly PathItem[]): Set<string> => {
  const used = items.flatMap(({ operations }) => operations.flatMap(({ body, answer }) => [body, answer]))
  return new Set([
    ...definitions.map(({ schema }) => schema),
    ...used.filter((name) => name !== undefined),
    deleteOptions,
    status,
  ])
}

const described = ({ id, description, action, kind }: Operation) => ({
  description,
  operationId: id,
  tags: [`${kind.group === '' ? 'core' : kind.group.split('.')[0]}_${kind.version}`],
  'x-kubernetes-action': action,
  'x-kubernetes-group-version-kind': kind,
})

const byMedia = (media: readonly string[], schema: unknown) => Object.fromEntries(media.map((type) => [type, { schema }]))

const pathV3 = ({ parameters, operations }: PathItem) => ({
  ...Object.fromEntries(operations.map((operation) => [operation.method, operationV3(operation)])),
  parameters: parameters.map(parameterV3),
})

const parameterV3 = ({ name, in: place, description, type }: Parameter) => ({
  name,
  in: place,
  description,
  ...(place === 'path' ? { required: true } : {}),
  schema: { type, uniqueItems: true },
})

const operationV3 = (operation: Operation) => {
  const { parameters, body, answer, statuses } = operation
  const ref = (name: string) => ({ $ref: v3.refPrefix + name })
  const bodyContent = body === 'patch' ? byMedia(patchMedia, ref(patchType.name)) : body && byMedia(['*/*'], ref(body))
  const content = answer === undefined ? byMedia(['*/*'], { type: 'string' }) : byMedia(answerMedia, ref(answer))
  return {
    ...described(operation),
    parameters: parameters.map(parameterV3),
    ...(bodyContent ? { requestBody: { content: bodyContent, ...(body === deleteOptions ? {} : { required: true }) } } : {}),
    responses: {
      ...Object.fromEntries(statuses.map((code) => [code, { description: statusTexts[code], content }])),
      401: { description: 'Unauthorized' },
    },
  }
}

const pathV2 = ({ parameters, operations }: PathItem) => ({
  ...Object.fromEntries(operations.map((operation) => [operation.method, operationV2(operation)])),
  parameters: parameters.map(parameterV2),
})

const parameterV2 = ({ name, in: place, description, type }: Parameter) => ({
  name,
  in: place,
  description,
  type,
  uniqueItems: true,
  ...(place === 'path' ? { required: true } : {}),
})

const operationV2 = (operation: Operation) => {
  const { parameters, body, answer, statuses } = operation
  const schema = answer === undefined ? { type: 'string' } : { $ref: v2.refPrefix + answer }
  const bodySchema = body && { $ref: v2.refPrefix + (body === 'patch' ? patchType.name : body) }
  return {
    ...described(operation),
    consumes: body === 'patch' ? patchMedia : ['*/*'],
    produces: answer === undefined ? ['*/*'] : answerMedia,
    schemes: ['https'],
    parameters: [
      ...(bodySchema
        ? [{ name: 'body', in: 'body', ...(body === deleteOptions ? {} : { required: true }), schema: bodySchema }]
        : []),
      ...parameters.map(parameterV2),
    ],
    responses: {
      ...Object.fromEntries(statuses.map((code) => [code, { description: statusTexts[code], schema }])),
      401: { description: 'Unauthorized' },
    },
  }
}

import type { SubresourceInfo } from '../../resources/definition.ts'
import { anyMedia, capitalized, type Operation, type PathItem } from './operation.ts'
import type { Place, Target } from './operations.ts'
import { connectParameters, pathParameter } from './parameters.ts'

const methodsOfVerbs: Readonly<Record<string, readonly Operation['method'][]>> = {
  create: ['post'],
  get: ['get'],
  update: ['put'],
  patch: ['patch'],
  delete: ['delete'],
}

/** Those of a proxy pass all methods on. */
const methodsOf = ({ verbs }: SubresourceInfo): Operation['method'][] => {
  const methods = verbs.flatMap((verb) => methodsOfVerbs[verb] ?? [])
  return methods.includes('patch') ? [...methods, 'head', 'options'] : methods
}

export interface Connection {
  readonly info: SubresourceInfo
  readonly target: Target
  readonly place: Place
  /** kind that it is a subresource of */
  readonly owner: string
}

/** Subresources that streams go through, and what lies behind those that proxy. */
export const connectPaths = (object: string, name: string, { info, target, place, owner }: Connection): PathItem[] => {
  const methods = methodsOf(info)
  const proxies = methods.includes('patch')
  const operations = (words: string, where: Place) =>
    methods.map(
      (method): Operation => ({
        method,
        id: `connect${where.prefix}${capitalized(method)}${where.namespaced ? 'Namespaced' : ''}${words}`,
        description: `connect ${method.toUpperCase()} requests to ${name} of ${owner}`,
        tag: where.tag,
        about: { action: 'connect', kind: target.kind },
        parameters: [...(connectParameters[info.kind] ?? []), ...where.parameters],
        answer: undefined,
        media: anyMedia,
        statuses: [200],
      }),
    )
  const behind = { ...place, parameters: [...place.parameters, pathParameter] }
  return [
    { path: `${object}/${name}`, operations: operations(target.words, place) },
    ...(proxies ? [{ path: `${object}/${name}/{path}`, operations: operations(`${target.words}WithPath`, behind) }] : []),
  ]
}

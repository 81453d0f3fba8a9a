import type { Cache } from '../../client/cache.ts'
import type { Client, Resource } from '../../client/client.ts'
import { type KubeObject, resourceName } from '../../meta/object.ts'
import { ApiError, isReason } from '../../meta/status.ts'
import type * as wire from '../../resources/generated/types.ts'
import { customResources } from '../custom-resources.ts'

/** A target that can't be scaled, or not be found, in the words that its user reads. */
export class TargetError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'TargetError'
  }
}

export interface Target {
  readonly resource: Resource
  readonly scale: wire.Scale & KubeObject
}

/** Every resource of a kind, built in or custom. Throws TargetError. */
export const resourcesOf = (
  { apiVersion = '', kind }: { readonly apiVersion?: string | undefined; readonly kind: string },
  { cache, resources }: { readonly cache: Cache; readonly resources: readonly Resource[] },
): Resource[] => {
  const parts = apiVersion.split('/')
  if (parts.length > 2) throw new TargetError(`unexpected GroupVersion string: ${apiVersion}`)
  const group = parts.length === 2 ? parts[0]! : ''
  const isIt = (one: Resource) => one.group === group && one.kind === kind
  const found = resources.filter(isIt)
  const all = found.length > 0 ? found : customResources(cache).filter(isIt)
  if (all.length === 0) throw new TargetError(`no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(group)}`)
  return all
}

export const qualifiedName = ({ group, resource }: Resource): string => resourceName(group, resource)

/** The first of the resources that has a scale of that name. Throws TargetError with what the first said. */
export const readTarget = async (
  client: Client,
  resources: readonly Resource[],
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<Target> => {
  const errors: ApiError[] = []
  for (const resource of resources) {
    try {
      const scale = (await client.get(resource, namespace, name, { subresource: 'scale' })) as Target['scale']
      return { resource, scale }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      errors.push(error)
    }
  }
  const [first] = errors
  const isPath = first?.code === 404 && first.details?.name === undefined
  throw new TargetError(isPath ? 'the server could not find the requested resource' : (first?.message ?? 'unrecognized resource'))
}

/** As often as client-go's default for conflicts. */
const mostTries = 5

/** Rejects with ApiError. */
export const rescale = async (client: Client, { resource, scale }: Target, replicas: number): Promise<void> => {
  let current = scale
  for (let tries = 1; ; tries++) {
    try {
      await client.update<Target['scale']>(
        resource,
        { ...current, spec: { ...current.spec, replicas } },
        { subresource: 'scale' },
      )
      return
    } catch (error) {
      if (!isReason(error, 'Conflict') || tries === mostTries) throw error
      const { namespace = '', name } = scale.metadata
      current = (await client.get(resource, namespace, name, { subresource: 'scale' })) as Target['scale']
    }
  }
}

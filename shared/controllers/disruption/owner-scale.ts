import type { Cache } from '../../client/cache.ts'
import type { Client, Resource } from '../../client/client.ts'
import { apiVersionOf, type KubeObject, resourceName } from '../../meta/object.ts'
import type { OwnerReference } from '../../meta/object-meta.ts'
import { isReason } from '../../meta/status.ts'
import { scaleMapping } from '../../resources/apiextensions/custom/scale.ts'
import {
  customResourceDefinitions,
  deployments,
  replicaSets,
  replicationControllers,
  statefulSets,
} from '../../resources/resource.ts'
import { customResourceOfType } from '../custom-resources.ts'
import { controllerOf } from '../owner.ts'

export interface OwnerScale {
  readonly uid: string
  readonly replicas: number
}

export interface OwnerScaleContext {
  readonly cache: Cache
  readonly client: Client
  /** every built-in resource: one that is named here and has no scale is said so by name */
  readonly resources: readonly Resource[]
}

/** Why it can't be said how many pods there are to be, in upstream's words. */
export class ScaleUnknown extends Error {}

interface Scaled extends KubeObject {
  readonly spec: { readonly replicas?: number | undefined }
}

const scaledResources: readonly Resource<Scaled>[] = [replicationControllers, replicaSets, statefulSets, deployments]

/**
 * How many pods the owner of a pod is to have; of a ReplicaSet, its Deployment. Undefined: it is gone. Throws ScaleUnknown where
 * its kind does not say.
 */
export const ownerScale = (
  owner: OwnerReference,
  namespace: string,
  context: OwnerScaleContext,
): OwnerScale | undefined | Promise<OwnerScale | undefined> => {
  const known = scaledResources.find((resource) => isOf(owner, resource))
  if (!known) return otherScale(owner, namespace, context)
  const object = context.cache.get(known, namespace, owner.name)
  if (object?.metadata.uid !== owner.uid) return undefined
  const above = known.kind === replicaSets.kind ? controllerOf(object) : undefined
  const deployment = above && isOf(above, deployments) ? context.cache.get(deployments, namespace, above.name) : undefined
  const scaled = deployment && deployment.metadata.uid === above?.uid ? deployment : object
  return { uid: scaled.metadata.uid ?? '', replicas: scaled.spec.replicas ?? 1 }
}

const isOf = ({ apiVersion, kind }: OwnerReference, resource: Resource): boolean =>
  kind === resource.kind && apiVersion === apiVersionOf(resource.group, resource.version)

const otherScale = async (
  owner: OwnerReference,
  namespace: string,
  { cache, client, resources }: OwnerScaleContext,
): Promise<OwnerScale | undefined> => {
  const { apiVersion, kind, name, uid } = owner
  const builtIn = resources.find((resource) => isOf(owner, resource))
  const resource = builtIn ?? customResourceOfType(cache, apiVersion, kind)
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  if (!resource) throw new ScaleUnknown(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`)
  const plural = resourceName(resource.group, resource.resource)
  const definition = builtIn ? undefined : cache.get(customResourceDefinitions, '', plural)
  const scale = definition?.spec.versions.find((one) => one.name === version)?.subresources?.scale
  if (!scale) throw new ScaleUnknown(`${resourceName(group, resource.resource)} does not implement the scale subresource`)
  try {
    const object = await client.get({ ...resource, version }, namespace, name)
    return object.metadata.uid === uid ? { uid, replicas: scaleMapping(scale).replicas(object) ?? 0 } : undefined
  } catch (error) {
    if (isReason(error, 'NotFound')) return undefined
    throw error
  }
}

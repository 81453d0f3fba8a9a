import type { Index } from '../../client/cache.ts'
import type { PodResourceClaim } from '../../resources/generated/types.ts'
import { type Pod, pods, type ResourceClaim, resourceClaims, resourceClaimTemplates } from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { keyOf, splitKey } from '../key.ts'
import { isControlledBy } from '../owner.ts'
import { claimName, claimsByPod, isPodDone, ownerPodOf, podClaimAnnotation, podsByClaim } from './claim-of-pod.ts'
import { generatedClaim } from './generated-claim.ts'

const templatesNamedBy = ({ metadata, spec }: Pod): string[] =>
  (spec.resourceClaims ?? []).flatMap(({ resourceClaimTemplateName: name }) =>
    name === undefined ? [] : [`${metadata.namespace}/${name}`],
  )

const podsByTemplate: Index<Pod> = { name: 'resource claim template', resource: pods, valuesOf: templatesNamedBy }

const needsClaims = (pod: Pod): boolean =>
  (pod.spec.resourceClaims?.length ?? 0) > 0 && !pod.metadata.deletionTimestamp && !isPodDone(pod)

/**
 * Makes the claims of pods out of their templates, says in the pods which they are, and reserves what was allocated for pods that somebody
 * else gave a node. https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
export const podClaimsController: Controller = {
  name: 'resourceclaim-pod',
  eventComponent: 'resource_claim',
  watches: [
    watch(pods, (pod) => (pod && needsClaims(pod) ? [keyOf(pod)] : [])),
    watch(resourceClaims, (claim, previous, cache) => {
      const owner = claim && !previous ? ownerPodOf(claim) : undefined
      const users = cache.byIndex(podsByClaim, keyOf((claim ?? previous)!)).map(keyOf)
      return owner ? [...users, `${claim!.metadata.namespace}/${owner.name}`] : users
    }),
    watch(resourceClaimTemplates, (template, previous, cache) =>
      template && !previous ? cache.byIndex(podsByTemplate, keyOf(template)).map(keyOf) : [],
    ),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const pod = context.cache.get(pods, namespace, name)
    if (!pod || !needsClaims(pod)) return
    const made = new Map<string, string>()
    for (const wanted of pod.spec.resourceClaims!) {
      const claim = await makeClaim(pod, wanted, context)
      if (claim === 'no template') return
      if (claim) made.set(wanted.name, claim.metadata.name)
    }
    if (made.size > 0) await tell(pod, made, context)
    else if (pod.spec.nodeName) await reserve(pod, context)
  },
}

/** undefined: nothing was to be made. What was made before its maker died is found again. */
const makeClaim = async (
  pod: Pod,
  wanted: PodResourceClaim,
  { cache, client, events }: ReconcileContext,
): Promise<ResourceClaim | 'no template' | undefined> => {
  const { namespace = '', uid = '' } = pod.metadata
  const templateName = wanted.resourceClaimTemplateName
  const named = claimName(pod, wanted)
  if (templateName === undefined || named.is === 'not needed') return undefined
  if (named.is === 'named') {
    const known = cache.get(resourceClaims, namespace, named.name)
    if (known && isControlledBy(known, pod)) return undefined
  }
  const orphan = cache
    .byIndex(claimsByPod, uid)
    .find(({ metadata }) => metadata.annotations?.[podClaimAnnotation] === wanted.name)
  if (orphan) return orphan
  const fail = (text: string) =>
    events.record(pod, 'Warning', 'FailedResourceClaimCreation', `PodResourceClaim ${wanted.name}: ${text}`)
  const template = cache.get(resourceClaimTemplates, namespace, templateName)
  if (!template) {
    await fail(`resource claim template "${templateName}": resourceclaimtemplate.resource.k8s.io "${templateName}" not found`)
    return 'no template'
  }
  try {
    return await client.create(resourceClaims, generatedClaim(pod, wanted, template))
  } catch (error) {
    await fail(`create ResourceClaim : ${error instanceof Error ? error.message : String(error)}`)
    throw error
  }
}

const tell = async ({ metadata }: Pod, made: ReadonlyMap<string, string>, { client }: ReconcileContext): Promise<void> => {
  const { namespace = '', name, uid } = metadata
  const resourceClaimStatuses = [...made].map(([claim, resourceClaimName]) => ({ name: claim, resourceClaimName }))
  const body = { metadata: { uid }, status: { resourceClaimStatuses } }
  await client.patch(pods, namespace, name, { type: 'strategic', body }, { subresource: 'status' })
}

/** The scheduler reserves what it gives; this is for pods that came with their node. */
const reserve = async (pod: Pod, { cache, client }: ReconcileContext): Promise<void> => {
  const { namespace = '', name, uid = '' } = pod.metadata
  for (const wanted of pod.spec.resourceClaims!) {
    const named = claimName(pod, wanted)
    if (named.is !== 'named') continue
    const claim = cache.get(resourceClaims, namespace, named.name)
    if (!claim || (named.isGenerated && !isControlledBy(claim, pod))) return
    const { allocation, reservedFor = [] } = claim.status ?? {}
    if (!allocation || reservedFor.some((reference) => reference.uid === uid)) continue
    const status = { ...claim.status, reservedFor: [...reservedFor, { resource: 'pods', name, uid }] }
    await client.update(resourceClaims, { ...claim, status }, { subresource: 'status' })
  }
}

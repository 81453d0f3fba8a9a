import type { KubeObject } from '../../meta/object.ts'
import { badRequest } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import type { Pod } from '../../resources/resource.ts'
import { readValue } from '../body.ts'
import { isDryRun, type ResourceContext } from '../context.ts'
import { admit, mutate } from '../objects/admit.ts'
import { attributesOf } from '../objects/attributes.ts'
import { deleteObject } from '../objects/delete.ts'
import { deleteOptionsFrom } from '../objects/delete-options.ts'
import { matchNamespace } from '../objects/metadata.ts'
import { updateObject } from '../objects/update.ts'
import { statusRules } from '../objects/update-rules.ts'
import { negotiate, statusForms } from '../represent/negotiate.ts'
import { respondStatus, successStatus } from '../represent/respond.ts'
import type { ApiResponse } from '../request.ts'

type Eviction = KubeObject & { deleteOptions?: unknown }

const bodyKind = { schema: 'io.k8s.api.policy.v1.Eviction', group: 'policy', version: 'v1', kind: 'Eviction' }

/** Deletes a pod for whoever empties a node. Disruption budgets will be asked here once there are any. */
export const createEviction = async (context: ResourceContext): Promise<ApiResponse> => {
  const { request, info } = context
  const representation = negotiate(request, statusForms)
  const body = await readValue(request, 'Eviction')
  if (typeof body !== 'object' || body === null) throw badRequest('not a Eviction object: <nil>')
  const { metadata } = body as { metadata?: { name?: string } }
  if (metadata?.name && metadata.name !== info.name) {
    throw badRequest(`name in URL does not match name in Eviction object: ${info.name} != ${metadata.name}`)
  }
  const object = body as Eviction
  object.metadata ??= {} as Eviction['metadata']
  matchNamespace(context.definition, object.metadata, info.namespace)
  const dryRun = isDryRun(context)
  const attributes = attributesOf(context, { operation: 'CREATE', bodyKind, object, oldObject: undefined, dryRun })
  await mutate(context.parts, attributes)
  const options = { ...deleteOptionsFrom(object.deleteOptions ?? {}, request.query), admitted: true }
  await admit(context.parts, attributes)
  if (!options.dryRun) await markDisrupted(context)
  await deleteObject(context, info.name, options)
  return respondStatus(request, representation, { ...successStatus(undefined), code: 201 })
}

/** The pod shows why it goes, as upstream's DisruptionTarget condition. */
const markDisrupted = (context: ResourceContext) =>
  updateObject(context, {
    name: context.info.name,
    transform: (read) => {
      const pod = read!() as Pod
      const others = pod.status?.conditions?.filter(({ type }) => type !== 'DisruptionTarget') ?? []
      const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'EvictionByEvictionAPI',
        message: 'Eviction API: evicting',
        lastTransitionTime: timestamp(context.parts.clock.now()),
      }
      pod.status = { ...pod.status, conditions: [...others, condition] }
      delete pod.metadata.resourceVersion
      return pod
    },
    unconditional: true,
    subresource: 'status',
    rules: statusRules,
    admitAs: () => undefined,
    dryRun: false,
  })

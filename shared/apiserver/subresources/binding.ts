import { type FieldError, notSupported, requiredValue } from '../../meta/field-error.ts'
import type { KubeObject } from '../../meta/object.ts'
import { ApiError, badRequest, conflict } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import type * as wire from '../../resources/generated/types.ts'
import type { Pod } from '../../resources/resource.ts'
import { readTyped } from '../body.ts'
import { isDryRun, type ResourceContext } from '../context.ts'
import { admit, mutate } from '../objects/admit.ts'
import { attributesOf } from '../objects/attributes.ts'
import { matchNamespace } from '../objects/metadata.ts'
import { preconditionFailed, updateObject } from '../objects/update.ts'
import type { UpdateRules } from '../objects/update-rules.ts'
import { negotiate, statusForms } from '../represent/negotiate.ts'
import { respondStatus, successStatus } from '../represent/respond.ts'
import type { ApiResponse } from '../request.ts'

type Binding = wire.Binding & KubeObject

/** The scheduler's word is written as it is: neither spec rules nor status rules apply. */
const bindingRules: UpdateRules = { prepare: () => undefined, validate: () => [] }

const type = { schema: 'io.k8s.api.core.v1.Binding', group: '', version: 'v1', kind: 'Binding' }

export const createBinding = async (context: ResourceContext): Promise<ApiResponse> => {
  const binding = await readBinding(context)
  if (binding.metadata.name !== context.info.name) throw badRequest('name in URL does not match name in Binding object')
  return bindPod(context, binding)
}

export const readBinding = async (context: ResourceContext): Promise<Binding> => {
  const { definition, info } = context
  const binding = await readTyped<Binding>(context, type)
  matchNamespace(definition, binding.metadata, info.namespace)
  return binding
}

/** Gives the pod of the context its node, once. `asked`: what the client asked for, where that is no subresource of the pod. */
export const bindPod = async (context: ResourceContext, binding: Binding, asked = context): Promise<ApiResponse> => {
  const { request, info, parts } = context
  const representation = negotiate(request, statusForms)
  const attributes = attributesOf(asked, {
    operation: 'CREATE',
    bodyKind: type,
    name: info.name,
    object: binding,
    oldObject: undefined,
    dryRun: isDryRun(context),
  })
  await mutate(parts, attributes)
  const errors = validateBinding(binding)
  if (errors.length > 0) throw new ApiError('Unknown', aggregated(errors))
  if (!info.name) throw badRequest('Name parameter required.')
  await admit(parts, attributes)
  await updateObject(context, {
    name: info.name,
    transform: (read) => bind(context, read!() as Pod, binding),
    unconditional: true,
    subresource: info.subresource,
    rules: bindingRules,
    admitAs: () => undefined,
    dryRun: isDryRun(context),
  })
  return respondStatus(request, representation, { ...successStatus(undefined), code: 201 })
}

const validateBinding = ({ target }: Partial<Binding>): FieldError[] => [
  ...(target?.kind && target.kind !== 'Node' ? [notSupported('target.kind', target.kind, ['Node', '<empty>'])] : []),
  ...(target?.name ? [] : [requiredValue('target.name')]),
]

/** Upstream answers these findings without a reason, as if they were its own fault. */
const aggregated = (errors: readonly FieldError[]): string => {
  const texts = errors.map(({ field, message }) => `${field}: ${message}`)
  return texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`
}

const bind = (context: ResourceContext, pod: Pod, binding: Binding): KubeObject => {
  const { metadata, spec } = pod
  const { uid, resourceVersion, annotations, labels } = binding.metadata
  const refuse = (message: string) => conflict('', 'pods/binding', metadata.name, message)
  if (uid && uid !== metadata.uid)
    throw preconditionFailed(context, metadata.name, { what: 'UID', wanted: uid, actual: metadata.uid })
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    const actual = metadata.resourceVersion
    throw preconditionFailed(context, metadata.name, { what: 'ResourceVersion', wanted: resourceVersion, actual })
  }
  if (metadata.deletionTimestamp) throw refuse(`pod ${metadata.name} is being deleted, cannot be assigned to a host`)
  if (spec.nodeName) throw refuse(`pod ${metadata.name} is already assigned to node "${spec.nodeName}"`)
  if (spec.schedulingGates?.length) throw refuse(`pod ${metadata.name} has non-empty .spec.schedulingGates`)
  spec.nodeName = binding.target.name
  if (annotations) metadata.annotations = { ...metadata.annotations, ...annotations }
  if (labels) metadata.labels = { ...metadata.labels, ...labels }
  const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: timestamp(context.parts.clock.now()) }
  const conditions = [...(pod.status?.conditions ?? [])]
  const index = conditions.findIndex(({ type }) => type === 'PodScheduled')
  if (index < 0) conditions.push(scheduled)
  else conditions[index] = scheduled
  pod.status = { ...pod.status, conditions }
  // whom it was to push away has gone, or another node was found
  delete pod.status.nominatedNodeName
  // The binding names no revision: it holds for whatever state the pod is in, as long as it has no node.
  delete metadata.resourceVersion
  return pod
}

import { invalid, notSupported, requiredValue } from '../../meta/field-error.ts'
import type { KubeObject } from '../../meta/object.ts'
import { badRequest } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import type { Pod } from '../../resources/resource.ts'
import { readValue } from '../body.ts'
import { conflictIn, isDryRun, type ResourceContext } from '../context.ts'
import { updateObject } from '../objects/update.ts'
import type { UpdateRules } from '../objects/update-rules.ts'
import { negotiate, statusForms } from '../represent/negotiate.ts'
import { respondStatus, successStatus } from '../represent/respond.ts'
import type { ApiResponse } from '../request.ts'

interface Binding {
  readonly metadata?: {
    readonly name?: string
    readonly uid?: string
    readonly annotations?: Record<string, string>
    readonly labels?: Record<string, string>
  }
  readonly target?: { readonly kind?: string; readonly name?: string }
}

/** The scheduler's word is written as it is: neither spec rules nor status rules apply. */
const bindingRules: UpdateRules = { prepare: () => undefined, validate: () => [] }

/** Gives a pod its node, once. */
export const createBinding = async (context: ResourceContext): Promise<ApiResponse> => {
  const { request, info } = context
  const representation = negotiate(request, statusForms)
  const binding = (await readValue(request, 'Binding')) as Binding
  const node = checked(binding, info.name)
  await updateObject(context, {
    name: info.name,
    transform: (current) => bind(context, current as Pod, { binding, node }),
    unconditional: true,
    subresource: info.subresource,
    rules: bindingRules,
    dryRun: isDryRun(context),
  })
  return respondStatus(request, representation, { ...successStatus(undefined), code: 201 })
}

const checked = ({ metadata, target }: Binding, name: string): string => {
  if (metadata?.name && metadata.name !== name) {
    throw badRequest(`name in URL does not match name in Binding object: ${name} != ${metadata.name}`)
  }
  const errors = []
  if (target?.kind && target.kind !== 'Node') errors.push(notSupported('target.kind', target.kind, ['Node', '<empty>']))
  if (!target?.name) errors.push(requiredValue('target.name'))
  if (errors.length > 0) throw invalid('', 'Binding', name, errors)
  return target!.name!
}

const bind = (context: ResourceContext, pod: Pod, { binding, node }: { binding: Binding; node: string }): KubeObject => {
  const { metadata, spec } = pod
  const refuse = (message: string) => conflictIn(context, context.info.name, message)
  if (binding.metadata?.uid && binding.metadata.uid !== metadata.uid) {
    throw refuse(`Precondition failed: UID in precondition: ${binding.metadata.uid}, UID in object meta: ${metadata.uid}`)
  }
  if (metadata.deletionTimestamp) throw refuse(`pod ${metadata.name} is being deleted, cannot be assigned to a host`)
  if (spec.nodeName) throw refuse(`pod ${metadata.name} is already assigned to node "${spec.nodeName}"`)
  if (spec.schedulingGates?.length) throw refuse(`pod ${metadata.name} has non-empty .spec.schedulingGates`)
  spec.nodeName = node
  const { annotations, labels } = binding.metadata ?? {}
  if (annotations) metadata.annotations = { ...metadata.annotations, ...annotations }
  if (labels) metadata.labels = { ...metadata.labels, ...labels }
  const others = pod.status?.conditions?.filter(({ type }) => type !== 'PodScheduled') ?? []
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: undefined,
    lastTransitionTime: timestamp(context.parts.clock.now()),
  }
  pod.status = { ...pod.status, conditions: [...others, scheduled] }
  // The binding names no revision: it holds for whatever state the pod is in, as long as it has no node.
  delete metadata.resourceVersion
  return pod
}

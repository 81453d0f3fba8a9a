import type { AdmissionAttributes } from '../admission/admission.ts'
import type { ResourceContext } from '../context.ts'

type Differing = 'operation' | 'object' | 'oldObject' | 'dryRun'

/** What admission is told of a request; what is not given is the context's. */
export const attributesOf = (
  context: ResourceContext,
  what: Pick<AdmissionAttributes, Differing> & Partial<AdmissionAttributes>,
): AdmissionAttributes => {
  const { definition, info, user, warnings, auditAnnotations } = context
  const { subresource, namespace, name } = info
  return { definition, context, subresource, namespace, name, user, warnings, auditAnnotations, ...what }
}

import type { KubeObject } from '../../../meta/object.ts'
import type { AdmissionAttributes, AdmissionEnvironment } from '../admission.ts'
import { type AskedResource, askedName, askedNamespace } from '../matching/asked.ts'
import { viewOf } from '../matching/view.ts'
import { Decisions } from './decisions.ts'
import type { ExpressionInputs } from './expression-run.ts'
import { requestValue } from './request-value.ts'

const decisions = new WeakMap<AdmissionAttributes, Decisions>()

/** One for all expressions that look at a request. */
const decisionsOf = (attributes: AdmissionAttributes, { authorizer }: AdmissionEnvironment): Decisions => {
  const known = decisions.get(attributes) ?? new Decisions(authorizer, attributes.user)
  decisions.set(attributes, known)
  return known
}

/** What expressions see of a request, which concerned them by `matched`: objects are of its version. */
export const expressionInputs = async (
  attributes: AdmissionAttributes,
  matched: AskedResource,
  environment: AdmissionEnvironment,
): Promise<ExpressionInputs> => {
  const { object, oldObject, subresource, definition } = attributes
  const view = async (one: KubeObject | undefined) => (one ? viewOf(attributes, matched, one) : null)
  const [name, namespace] = [askedName(attributes), askedNamespace(attributes)]
  return {
    object: await view(object),
    oldObject: await view(oldObject),
    request: requestValue(attributes, matched),
    asked: {
      group: definition.group,
      resource: definition.plural,
      ...(subresource && { subresource }),
      ...(namespace && { namespace }),
      ...(name && { name }),
    },
    namespaceObject: null,
    params: null,
    decisions: decisionsOf(attributes, environment),
    remainingMs: () => environment.remainingMs(),
  }
}

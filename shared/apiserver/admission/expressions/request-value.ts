import type { JsonObject } from '../../../meta/json-value.ts'
import type { AdmissionAttributes } from '../admission.ts'
import { type AskedResource, askedName, askedNamespace, askedOf } from '../matching/asked.ts'
import { operationOptions } from './operation-options.ts'

/** The variable `request`, as JSON: what is empty is not there. `matched`: the resource by which the request was found to be concerned. */
export const requestValue = (attributes: AdmissionAttributes, matched: AskedResource): JsonObject => {
  const { operation, subresource, user, dryRun } = attributes
  const asked = askedOf(attributes)
  const [name, namespace] = [askedName(attributes), askedNamespace(attributes)]
  return {
    uid: '',
    kind: { ...matched.kind },
    resource: resourceOf(matched),
    ...(subresource && { subResource: subresource }),
    requestKind: { ...asked.kind },
    requestResource: resourceOf(asked),
    ...(subresource && { requestSubResource: subresource }),
    ...(name && { name }),
    ...(namespace && { namespace }),
    operation,
    userInfo: {
      ...(user.name && { username: user.name }),
      ...(user.uid && { uid: user.uid }),
      ...(user.groups.length > 0 && { groups: [...user.groups] }),
      ...(user.extra && Object.keys(user.extra).length > 0 && { extra: user.extra as JsonObject }),
    },
    object: null,
    oldObject: null,
    dryRun,
    options: operationOptions(attributes),
  }
}

const resourceOf = ({ group, version, resource }: AskedResource): JsonObject => ({ group, version, resource })

import { resourceName } from '../../meta/object.ts'
import { ApiError } from '../../meta/status.ts'
import type { User } from '../request.ts'
import type { RequestInfo } from '../router.ts'

/** The 403 that names who may not do what, where. */
export const forbiddenFor = (user: User, info: RequestInfo, reason = ''): ApiError => {
  const suffix = reason ? `: ${reason}` : ''
  if (!info.isResource) {
    return new ApiError('Forbidden', `forbidden: User "${user.name}" cannot ${info.verb} path "${info.path}"${suffix}`, {
      details: {},
    })
  }
  const { group, resource, subresource, namespace, name, verb } = info
  const what = subresource ? `${resource}/${subresource}` : resource
  const scope = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope'
  const target = name ? `${resourceName(group, resource)} "${name}"` : resourceName(group, resource)
  return new ApiError(
    'Forbidden',
    `${target} is forbidden: User "${user.name}" cannot ${verb} resource "${what}" in API group "${group}" ${scope}${suffix}`,
    { details: { name: name || undefined, group: group || undefined, kind: resource } },
  )
}

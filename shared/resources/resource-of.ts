import type { Resource } from '../client/client.ts'
import { apiVersionOf } from '../meta/object.ts'
import type { KindDefinition } from './definition.ts'

/** A kind as clients and controllers name it. */
export const resourceFrom = ({ group, version, plural, kind, namespaced, servedAs }: KindDefinition): Resource => ({
  group,
  version,
  resource: plural,
  kind,
  namespaced,
  otherApiVersions: servedAs?.map((other) => apiVersionOf(other.group, other.version)),
})

import type { ServedVersion } from '../../../resources/definition.ts'
import type { AdmissionAttributes, GroupVersionKind } from '../admission.ts'

/** What a request is about, in its own words, or by another version or group of the same objects. */
export interface AskedResource {
  readonly group: string
  readonly version: string
  /** plural */
  readonly resource: string
  /** '' for the main resource */
  readonly subresource: string
  /** of the object that is sent there */
  readonly kind: GroupVersionKind
  /** undefined: the version that the attributes' objects are of */
  readonly servedAs: ServedVersion | undefined
}

export const askedOf = ({ definition, context, bodyKind, subresource }: AdmissionAttributes): AskedResource => {
  const { servedAs } = context
  const { group, version } = servedAs ?? definition
  return {
    group,
    version,
    resource: definition.plural,
    subresource,
    kind: kindOf(bodyKind, { group, version, kind: definition.kind }),
    servedAs,
  }
}

const kindOf = (body: GroupVersionKind | undefined, own: GroupVersionKind): GroupVersionKind =>
  body ? { group: body.group, version: body.version, kind: body.kind } : own

/** The other versions and groups under which the same objects are served. */
export const equivalentsOf = ({ definition, context, bodyKind, subresource }: AdmissionAttributes): AskedResource[] => {
  const versions = [undefined, ...(definition.servedAs ?? [])].filter((one) => one !== context.servedAs)
  return versions.map((servedAs) => {
    const { group, version } = servedAs ?? definition
    const kind = kindOf(bodyKind, { group, version, kind: definition.kind })
    return { group, version, resource: definition.plural, subresource, kind, servedAs }
  })
}

/** As a review calls it: a deletion of many names none, and a name that the server makes is there when it is made. */
export const askedName = ({ context, name, object }: AdmissionAttributes): string =>
  context.info.verb === 'deletecollection' ? '' : name || object?.metadata?.name || ''

export const isNamespaceItself = ({ definition, subresource }: AdmissionAttributes): boolean =>
  definition.group === '' && definition.plural === 'namespaces' && subresource === ''

/** '' for what is in none; a Namespace is in itself. */
export const askedNamespace = (attributes: AdmissionAttributes): string =>
  attributes.namespace || (isNamespaceItself(attributes) ? askedName(attributes) : '')

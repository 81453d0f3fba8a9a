import { ApiError, forbidden, notFound } from '../../meta/status.ts'
import { namespaces } from '../../resources/resource.ts'
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts'
import { isMain } from './of-kind.ts'
import { earlyName } from './refuse.ts'

const immortal = new Set(['default', 'kube-system', 'kube-public'])

/** Objects are made only in namespaces that exist and stay; some namespaces always do. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  // Before anything else looks at the object.
  mutate: async (attributes, { current }) => {
    const { operation, definition, namespace } = attributes
    if (operation !== 'CREATE' || !definition.namespaced || isAccessReview(definition)) return
    const found = await current.get(namespaces, '', namespace)
    if (!found) throw notFound('', 'namespaces', namespace)
    if (found.status?.phase === 'Terminating') throw terminating(attributes)
  },
  validate: (attributes) => {
    if (isMain(attributes, '', 'namespaces')) protectImmortal(attributes)
  },
}

/** Who may do what in a namespace can be asked of one that is not there. */
const isAccessReview = ({ group, plural }: AdmissionAttributes['definition']): boolean =>
  group === 'authorization.k8s.io' && plural === 'localsubjectaccessreviews'

const protectImmortal = ({ operation, name }: AdmissionAttributes) => {
  if (operation === 'DELETE' && immortal.has(name)) throw forbidden('', 'namespaces', name, 'this namespace may not be deleted')
}

const terminating = (attributes: AdmissionAttributes) => {
  const { definition, namespace } = attributes
  const { message, details } = forbidden(
    definition.group,
    definition.plural,
    earlyName(attributes),
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  )
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  }
  return new ApiError('Forbidden', message, { details: { ...details, causes: [cause] } })
}

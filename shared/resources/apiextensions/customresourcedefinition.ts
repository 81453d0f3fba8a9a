import { dns1123Subdomain } from '../../meta/names.ts'
import { define } from '../definition.ts'
import { validateDefinition, validateDefinitionUpdate, validateStatus } from './definition-validation.ts'
import { internalSpec } from './internal-spec.ts'
import { allSchemas } from './json-schema.ts'
import { type CrdSpec, type CustomResourceDefinition, storageVersionOf } from './resource.ts'
import { setCondition } from './set-condition.ts'
import { formatOf } from './value/format.ts'

export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

const setDefaults = (definition: CustomResourceDefinition): void => {
  const { spec } = definition
  definition.status ??= {} as CustomResourceDefinition['status']
  const { status } = definition
  const stored = (spec.versions ?? []).find(({ storage }) => storage)
  if (!status.storedVersions?.length && stored) status.storedVersions = [stored.name ?? '']
  spec.names ??= {} as CrdSpec['names']
  const { names } = spec
  names.singular ||= (names.kind ?? '').toLowerCase()
  if (names.kind) names.listKind ||= `${names.kind}List`
  spec.conversion ??= { strategy: 'None' }
  const service = spec.conversion.webhook?.clientConfig?.service
  if (service) service.port ??= 443
  const { webhook } = spec.conversion
  // What says nothing is not there.
  if (webhook && !webhook.clientConfig && !webhook.conversionReviewVersions?.length) delete spec.conversion.webhook
}

const validateName = (name: string, _prefix: boolean, { spec }: CustomResourceDefinition): string[] => [
  ...dns1123Subdomain(name),
  ...(name === `${spec.names.plural}.${spec.group}` ? [] : ['must be spec.names.plural+"."+spec.group']),
]

/** Whoever was stored in a version may still be. */
const noteStorageVersion = (definition: CustomResourceDefinition): void => {
  const version = storageVersionOf(definition)
  const name = version && (version.name ?? '')
  const stored = definition.status.storedVersions ?? []
  if (name !== undefined && !stored.includes(name))
    definition.status = { ...definition.status, storedVersions: [...stored, name] }
}

const unknownFormats = ({ spec }: CustomResourceDefinition): string[] => {
  const { schema, versions } = internalSpec(spec)
  return [schema, ...versions.map((version) => version.schema)]
    .flatMap((one) => one?.openAPIV3Schema ?? [])
    .flatMap((root) => [...allSchemas(root)])
    .flatMap(({ type, format }) => (type === 'string' && format && !formatOf(format) ? [format] : []))
}

const warnings = (definition: CustomResourceDefinition, old: CustomResourceDefinition | undefined): string[] => {
  const known = new Set(old && unknownFormats(old))
  return [...new Set(unknownFormats(definition))]
    .filter((format) => !known.has(format))
    .map((format) => `unrecognized format ${JSON.stringify(format)}`)
}

export const customResourceDefinition = define<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  upstreamStores: 'apiextensions.k8s.io/v1beta1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
  subresources: { status: 'without table' },
  resetFields: { '': ['status'], status: ['metadata', 'spec'] },
  hasGeneration: true,
  unconditionalUpdate: false,
  unqualifiedFinalizers: true,
  validateName,
  default: setDefaults,
  prepareForCreate: (definition) => {
    definition.status = { storedVersions: [] } as unknown as CustomResourceDefinition['status']
    noteStorageVersion(definition)
  },
  prepareForUpdate: noteStorageVersion,
  validateCreate: validateDefinition,
  validateUpdate: validateDefinitionUpdate,
  validateStatusUpdate: validateStatus,
  warnings,
  deletionFinalizer: cleanupFinalizer,
  prepareForDeletion: (definition) => {
    setCondition(definition, definition.metadata.deletionTimestamp!, {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    })
  },
})

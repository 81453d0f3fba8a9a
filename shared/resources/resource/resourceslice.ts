import { duplicateValue, type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { dns1123Subdomain } from '../../meta/names.ts'
import { age, text } from '../column.ts'
import { validateNodeSelector } from '../core/pod/validation/affinity.ts'
import { define } from '../definition.ts'
import type { ResourcePool, ResourceSliceSpec } from '../generated/types.ts'
import type { ResourceSlice } from '../resource.ts'
import { immutable, isEquivalent } from '../validation/equality.ts'
import { checked, createSeen, each } from '../validation/value.ts'
import { dropDisabledOfDevice, isSaid, saysDisabledOfDevice, validateDevice } from './device.ts'
import { driverName, poolName } from './device-name.ts'
import { termsAsGo } from './node-selector-as-go.ts'
import { upTo } from './size-limit.ts'

const maxDevices = 128

/** Fields of upstream's feature DRAPartitionableDevices, which is off in 1.35, and those of devices. */
const dropDisabled = ({ spec }: ResourceSlice) => {
  delete spec.sharedCounters
  delete spec.perDeviceNodeSelection
  for (const device of spec.devices ?? []) dropDisabledOfDevice(device)
}

/** No is something said too. */
const saysDisabled = ({ spec }: ResourceSlice): boolean =>
  isSaid(spec.perDeviceNodeSelection) || (spec.devices ?? []).some(saysDisabledOfDevice)

const validate = ({ spec }: ResourceSlice, old?: ResourceSlice): FieldError[] => [
  ...driverName('spec.driver', spec.driver),
  ...pool('spec.pool', spec.pool ?? {}),
  ...(old ? fixed(spec, old.spec) : []),
  ...where(spec),
  ...devices('spec.devices', spec.devices),
]

const pool = (path: string, { name, resourceSliceCount = 0, generation = 0 }: Partial<ResourcePool>): FieldError[] => [
  ...poolName(`${path}.name`, name),
  ...(resourceSliceCount > 0
    ? []
    : [invalidValue(`${path}.resourceSliceCount`, resourceSliceCount, 'must be greater than zero')]),
  ...(generation < 0 ? [invalidValue(`${path}.generation`, generation, 'must be greater than or equal to zero')] : []),
]

const fixed = (spec: ResourceSliceSpec, old: ResourceSliceSpec): FieldError[] => [
  ...immutable('spec.pool.name', spec.pool.name, old.pool.name),
  ...immutable('spec.driver', spec.driver, old.driver),
  ...immutable('spec.nodeName', spec.nodeName ?? null, old.nodeName ?? null),
]

/** Which nodes the devices are for is said in one way. */
const where = ({ nodeName, nodeSelector, allNodes }: ResourceSliceSpec): FieldError[] => {
  const ways = [
    ...(nodeName ? ['`nodeName`'] : []),
    ...(nodeSelector ? ['`nodeSelector`'] : []),
    ...(allNodes ? ['`allNodes`'] : []),
  ]
  const one = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'
  return [
    ...(nodeName ? checked('spec.nodeName', nodeName, (name) => dns1123Subdomain(name)) : []),
    ...(nodeName === '' ? [invalidValue('spec.nodeName', '', 'must be either unset or set to a non-empty string')] : []),
    ...(nodeSelector ? oneTerm('spec.nodeSelector', nodeSelector) : []),
    ...(allNodes === false ? [invalidValue('spec.allNodes', false, 'must be either unset or set to true')] : []),
    ...(ways.length === 0 ? [requiredValue('spec', one)] : []),
    ...(ways.length > 1 ? [invalidValue('spec', `{${ways.join(', ')}}`, `${one}, but multiple fields are set`)] : []),
  ]
}

const oneTerm = (path: string, selector: NonNullable<ResourceSliceSpec['nodeSelector']>): FieldError[] => {
  const terms = selector.nodeSelectorTerms ?? []
  return [
    ...validateNodeSelector(path, selector),
    ...(terms.length === 1
      ? []
      : [
          invalidValue(
            `${path}.nodeSelectorTerms`,
            termsAsGo(selector.nodeSelectorTerms),
            'must have exactly one node selector term',
          ),
        ]),
  ]
}

const devices = (path: string, values: ResourceSliceSpec['devices']): FieldError[] => {
  const seen = createSeen()
  const findings = upTo(maxDevices, path, values, validateDevice)
  if ((values?.length ?? 0) > maxDevices) return findings
  return [...findings, ...each(path, values, (at, { name = '' }) => (seen(name) ? [duplicateValue(at, name)] : []))]
}

const nodeOf = ({ spec }: ResourceSlice) => spec.nodeName ?? ''

export const resourceSlice = define<ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  singular: 'resourceslice',
  namespaced: false,
  schema: 'io.k8s.api.resource.v1.ResourceSlice',
  hasGeneration: true,
  prepareForCreate: dropDisabled,
  // what is dropped counts too
  prepareForUpdate: (object, old) => {
    if (!isEquivalent(object.spec, old.spec) || saysDisabled(object))
      object.metadata.generation = (old.metadata.generation ?? 0) + 1
    dropDisabled(object)
  },
  returnsDeleted: true,
  validateCreate: (object) => validate(object),
  validateUpdate: validate,
  warnings: ({ spec: { driver = '' } }) =>
    driver === driver.toLowerCase()
      ? []
      : [`spec.driver: driver names should be lowercase; ${JSON.stringify(driver)} contains uppercase characters`],
  fieldSelectors: { 'spec.nodeName': nodeOf, 'spec.driver': ({ spec }) => spec.driver },
  fieldSelectorError: (field) => `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${field}`,
  columns: [
    text(
      'Node',
      'NodeName identifies the node which provides the resources in this pool. A field selector can be used to list only ResourceSlice objects belonging to a certain node.\n\nThis field can be used to limit access from nodes to ResourceSlices with the same node name. It also indicates to autoscalers that adding new nodes of the same type as some old node might also make new resources available.\n\nExactly one of NodeName, NodeSelector, AllNodes, and PerDeviceNodeSelection must be set. This field is immutable.',
      nodeOf,
    ),
    text(
      'Driver',
      'Driver identifies the DRA driver providing the capacity information. A field selector can be used to list only ResourceSlice objects with a certain driver name.\n\nMust be a DNS subdomain and should end with a DNS domain owned by the vendor of the driver. It should use only lower case characters. This field is immutable.',
      ({ spec }) => spec.driver,
    ),
    text(
      'Pool',
      'Name is used to identify the pool. For node-local devices, this is often the node name, but this is not required.\n\nIt must not be longer than 253 characters and must consist of one or more DNS sub-domains separated by slashes. This field is immutable.',
      ({ spec }) => spec.pool.name,
    ),
    age,
  ],
})

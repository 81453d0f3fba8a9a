import { duplicateValue, type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { qualifiedName } from '../../meta/names.ts'
import { age, integer } from '../column.ts'
import { define } from '../definition.ts'
import type { CSINodeDriver } from '../generated/types.ts'
import type { CSINode } from '../resource.ts'
import { csiDriverName } from '../validation/csi-driver-name.ts'
import { isEquivalent } from '../validation/equality.ts'
import { checked, createSeen, each, nonNegative } from '../validation/value.ts'

const path = 'spec.drivers'
const maxNodeIdBytes = 256

const validateTopologyKeys = (driverPath: string, keys: readonly string[]): FieldError[] => {
  const seen = createSeen()
  // upstream leaves the field and the index out
  return keys.flatMap((key) => [
    ...(key ? [] : [requiredValue(driverPath)]),
    ...(seen(key) ? [duplicateValue(driverPath, key)] : []),
    ...checked(driverPath, key, qualifiedName),
  ])
}

const validate = ({ spec }: CSINode): FieldError[] => {
  const seen = createSeen()
  return each(path, spec.drivers, (driverPath, { name, nodeID = '', allocatable, topologyKeys }) => [
    ...csiDriverName(`${driverPath}.name`, name),
    ...(nodeID ? [] : [requiredValue(`${driverPath}.nodeID`)]),
    ...(Buffer.byteLength(nodeID) > maxNodeIdBytes
      ? [invalidValue(`${driverPath}.nodeID`, nodeID, `must be ${maxNodeIdBytes} characters or less`)]
      : []),
    ...nonNegative(`${driverPath}.allocatable.count`, allocatable?.count),
    ...(seen(name) ? [duplicateValue(`${driverPath}.name`, name)] : []),
    ...validateTopologyKeys(driverPath, topologyKeys ?? []),
  ])
}

/** A driver may come and go, and offer another number of volumes; nothing else of it changes. */
const validateDrivers = ({ spec }: CSINode, { spec: old }: CSINode): FieldError[] => {
  const identity = ({ allocatable: _allocatable, ...rest }: CSINodeDriver) => rest
  return (old.drivers ?? []).flatMap((before) =>
    (spec.drivers ?? [])
      .filter(({ name }) => name === before.name)
      .flatMap((driver) =>
        isEquivalent(identity(driver), identity(before)) ? [] : [invalidValue(path, asGoSees(driver), 'field is immutable')],
      ),
  )
}

/** What upstream shows of it has its own names of the fields. */
const asGoSees = ({ name, nodeID, topologyKeys }: CSINodeDriver) => ({
  Name: name,
  NodeID: nodeID,
  TopologyKeys: topologyKeys ?? null,
  Allocatable: null,
})

/** None is written as null. */
const dropNoDrivers = ({ spec }: CSINode) => {
  if (spec.drivers?.length === 0) delete (spec as Partial<CSINode['spec']>).drivers
}

export const csiNode = define<CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  singular: 'csinode',
  namespaced: false,
  schema: 'io.k8s.api.storage.v1.CSINode',
  rechecksNames: [''],
  unconditionalUpdate: false,
  default: (object) => {
    ;(object as Partial<CSINode>).spec ??= {} as CSINode['spec']
  },
  prepareForCreate: dropNoDrivers,
  prepareForUpdate: dropNoDrivers,
  returnsDeleted: true,
  validate,
  // upstream looks twice at all of it
  validateUpdate: (object, old) => [...validate(object), ...validateDrivers(object, old)],
  columns: [
    integer(
      'Drivers',
      'Drivers indicates the number of CSI drivers registered on the node',
      ({ spec }) => spec.drivers?.length ?? 0,
    ),
    age,
  ],
})

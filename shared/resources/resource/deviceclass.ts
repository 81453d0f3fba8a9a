import type { FieldError } from '../../meta/field-error.ts'
import { dns1123SubdomainInBytes } from '../../meta/names.ts'
import { age } from '../column.ts'
import { define } from '../definition.ts'
import type { DeviceClass } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import { deviceConfiguration } from './device-configuration.ts'
import { deviceSelectors } from './device-selector.ts'
import { upTo } from './size-limit.ts'

const maxConfigurations = 32

/** Of upstream's feature DRAExtendedResource, which is off in 1.35. */
const dropDisabled = ({ spec }: DeviceClass) => {
  delete spec.extendedResourceName
}

const validate = ({ spec: { selectors, config } }: DeviceClass, isStored: boolean): FieldError[] => [
  ...deviceSelectors('spec.selectors', selectors),
  ...upTo(maxConfigurations, 'spec.config', config, (path, one) => deviceConfiguration(path, one, isStored)),
]

export const deviceClass = define<DeviceClass>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  singular: 'deviceclass',
  namespaced: false,
  schema: 'io.k8s.api.resource.v1.DeviceClass',
  validateName: (name, prefix) => (prefix ? [] : dns1123SubdomainInBytes(name)),
  hasGeneration: true,
  prepareForCreate: dropDisabled,
  prepareForUpdate: dropDisabled,
  returnsDeleted: true,
  validateCreate: (object) => validate(object, false),
  validateUpdate: (object, old) => validate(object, isEquivalent(object.spec.config, old.spec.config)),
  columns: [age],
})

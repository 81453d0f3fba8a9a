import { type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { dns1035Label, portName, portNumber } from '../../meta/names.ts'
import type { IngressBackend, IngressServiceBackend } from '../generated/types.ts'
import { checked } from '../validation/value.ts'
import { typedReference } from './typed-reference.ts'

/** Where an Ingress sends a request: a Service's port, or an object of the controller's own kind. */
export const validateBackend = (path: string, { resource, service }: IngressBackend): FieldError[] => {
  if (resource && service) return [invalidValue(path, '', 'cannot set both resource and service backends')]
  if (resource) return typedReference(`${path}.resource`, resource)
  return service ? validateService(path, service) : [invalidValue(path, '', 'resource or service backend is required')]
}

const validateService = (path: string, { name, port = {} }: IngressServiceBackend): FieldError[] => {
  const namePath = `${path}.service.name`
  const errors = name ? checked(namePath, name, (value) => dns1035Label(value)) : [requiredValue(namePath)]
  if (port.name && port.number) return [...errors, invalidValue(path, '', 'cannot set both port name & port number')]
  if (port.name) return [...errors, ...checked(`${path}.service.port.name`, port.name, portName)]
  if (port.number) return [...errors, ...checked(`${path}.service.port.number`, port.number, portNumber)]
  return [...errors, requiredValue(path, 'port name or number is required')]
}

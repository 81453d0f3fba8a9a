import type { FieldError } from '../../meta/field-error.ts'
import { portName, portNumber } from '../../meta/names.ts'
import { checked } from './value.ts'

export const protocols = ['SCTP', 'TCP', 'UDP'] as const

export const portNumberOrName = (path: string, port: number | string | undefined): FieldError[] =>
  typeof port === 'string' ? checked(path, port, portName) : checked(path, port ?? 0, portNumber)

import { type ApiError, forbidden } from '../../meta/status.ts'
import type { AdmissionAttributes } from './admission.ts'

/** What a plugin that does not let an object in answers. */
export const refuse = (attributes: AdmissionAttributes, message: string): ApiError =>
  forbidden(attributes.definition.group, attributes.definition.plural, attributes.name || nameOf(attributes), message)

/** The same while objects are still changed: upstream has made no names then, and shows what they begin with. */
export const refuseEarly = (attributes: AdmissionAttributes, message: string): ApiError =>
  forbidden(attributes.definition.group, attributes.definition.plural, earlyName(attributes), message)

export const earlyName = (attributes: AdmissionAttributes): string =>
  attributes.name || attributes.object?.metadata.generateName || nameOf(attributes)

const nameOf = ({ object }: AdmissionAttributes): string => object?.metadata.name || 'Unknown'

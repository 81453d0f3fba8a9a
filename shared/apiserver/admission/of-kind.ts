import type { AdmissionAttributes } from './admission.ts'

/** The main resource of a kind, by group and plural. */
export const isMain = ({ definition, subresource }: AdmissionAttributes, group: string, plural: string) =>
  subresource === '' && definition.group === group && definition.plural === plural

export const isPodCreate = (attributes: AdmissionAttributes) =>
  attributes.operation === 'CREATE' && isMain(attributes, '', 'pods')

import type { AdmissionAttributes } from './admission.ts'

/** The main resource of a kind, by group and plural. */
export const isMain = ({ definition, subresource }: AdmissionAttributes, group: string, plural: string) =>
  subresource === '' && definition.group === group && definition.plural === plural

/** Whatever is done by one of a pod's subresources. */
export const isPodSubresource = ({ definition, subresource }: AdmissionAttributes, name: string) =>
  subresource === name && definition.group === '' && definition.plural === 'pods'

/** A change of a pod by one of its subresources. */
export const isPodChange = (attributes: AdmissionAttributes, by: string) =>
  attributes.operation === 'UPDATE' && isPodSubresource(attributes, by)

export const isPodCreate = (attributes: AdmissionAttributes) =>
  attributes.operation === 'CREATE' && isMain(attributes, '', 'pods')

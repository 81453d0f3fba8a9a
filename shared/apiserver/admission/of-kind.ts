import type { AdmissionAttributes } from './admission.ts'

/** The main resource of a kind, by group and plural. */
export const isMain = ({ definition, subresource }: AdmissionAttributes, group: string, plural: string) =>
  subresource === '' && definition.group === group && definition.plural === plural

/** A change of a pod by one of its subresources. */
export const isPodChange = ({ definition, operation, subresource }: AdmissionAttributes, by: string) =>
  operation === 'UPDATE' && subresource === by && definition.group === '' && definition.plural === 'pods'

export const isPodCreate = (attributes: AdmissionAttributes) =>
  attributes.operation === 'CREATE' && isMain(attributes, '', 'pods')

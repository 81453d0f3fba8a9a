import { defaultClass } from '../../resources/default-class.ts'
import { type Ingress, ingressClasses } from '../../resources/resource.ts'
import type { AdmissionPlugin } from './admission.ts'
import { isMain } from './of-kind.ts'

const isDefault = ['ingressclass.kubernetes.io/is-default-class']
/** how a class was named before there was a field for it */
const classAnnotation = 'kubernetes.io/ingress.class'

/** An Ingress that says nothing of a class gets the default one. */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  mutate: async (attributes, { current }) => {
    if (attributes.operation !== 'CREATE' || !isMain(attributes, 'networking.k8s.io', 'ingresses')) return
    const { metadata, spec } = attributes.object as Ingress
    if (spec.ingressClassName !== undefined || metadata.annotations?.[classAnnotation] !== undefined) return
    const found = defaultClass(await current.list(ingressClasses), isDefault)
    if (found) spec.ingressClassName = found.metadata.name
  },
}

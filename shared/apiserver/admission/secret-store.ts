import { invalid, invalidValue, notSupported } from '../../meta/field-error.ts'
import { storeAnnotation } from '../../secrets/vault-reference.ts'
import type { AdmissionPlugin } from './admission.ts'
import { isMain } from './of-kind.ts'

const nowhere = 'this cluster keeps the data of Secrets nowhere but in its own store'

/** Refuses Secrets that ask to be kept where this server keeps none. `stores`: the values that the annotation may have. */
export const createSecretStore = (stores: readonly string[]): AdmissionPlugin => ({
  name: 'SecretStore',
  validate: (attributes) => {
    const { object } = attributes
    const wanted = isMain(attributes, '', 'secrets') ? object?.metadata.annotations?.[storeAnnotation] : undefined
    if (object === undefined || wanted === undefined || stores.includes(wanted)) return
    const field = `metadata.annotations[${storeAnnotation}]`
    const errors = [stores.length ? notSupported(field, wanted, stores) : invalidValue(field, wanted, nowhere)]
    throw invalid('', 'Secret', object.metadata.name, errors)
  },
})

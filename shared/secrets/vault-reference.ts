import type { KubeObject, ObjectKey } from '../meta/object.ts'

/** on a Secret: where its data is kept */
export const storeAnnotation = 'windlass.dev/secret-store'
/** the one value there is: one secret of AWS Secrets Manager for each Secret */
export const secretsManager = 'secrets-manager'
/** on a Secret as it is stored, and never as it is answered: the version that holds its data */
const versionAnnotation = 'windlass.dev/secret-version'

export type SecretObject = KubeObject & { data?: Record<string, string> }

const mark = Buffer.from('"windlass.dev/secret-')

/** Whether a stored Secret may carry one of the annotations: the others are not parsed. */
export const mayRefer = (value: Uint8Array): boolean =>
  Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes(mark)

export const parse = (value: Uint8Array): SecretObject =>
  JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()) as SecretObject
export const serialize = (object: SecretObject): Uint8Array => Buffer.from(JSON.stringify(object))

export const isKeptOutside = ({ metadata }: SecretObject): boolean => metadata.annotations?.[storeAnnotation] === secretsManager
export const versionOf = ({ metadata }: SecretObject): string | undefined => metadata.annotations?.[versionAnnotation]

/** A name of its own for each Secret: one that is made anew has another uid. */
export const vaultName = (prefix: string, { namespace, name }: ObjectKey, { metadata }: SecretObject): string =>
  `${prefix}${namespace}/${name}/${metadata.uid}`

/** Whose data a name in the vault is for; undefined: none of ours. */
export const ownerOf = (prefix: string, name: string): { key: ObjectKey; uid: string } | undefined => {
  const [namespace, secret, uid, ...more] = name.slice(prefix.length).split('/')
  if (!name.startsWith(prefix) || !namespace || !secret || !uid || more.length > 0) return undefined
  return { key: { resource: 'secrets', namespace, name: secret }, uid }
}

/** As it is stored. `version` undefined: without any data. */
export const withReference = ({ data: _, ...object }: SecretObject, version: string | undefined): SecretObject => {
  const clean = withoutReference(object as SecretObject)
  if (version === undefined) return clean
  const annotations = { ...clean.metadata.annotations, [versionAnnotation]: version }
  return { ...clean, metadata: { ...clean.metadata, annotations } }
}

/** As it is answered: nobody else may say which version is meant. */
export const withoutReference = (object: SecretObject): SecretObject => {
  const { [versionAnnotation]: version, ...annotations } = object.metadata.annotations ?? {}
  return version === undefined ? object : { ...object, metadata: { ...object.metadata, annotations } }
}

import { type FieldError, forbiddenField, invalidValue, requiredValue } from '../../../../meta/field-error.ts'
import type {
  ClusterTrustBundleProjection,
  PodCertificateProjection,
  ProjectedVolumeSource,
  ServiceAccountTokenProjection,
  VolumeProjection,
} from '../../../generated/types.ts'
import { fileMode, nonReservedPath } from '../../../validation/file-path.ts'
import { labelSelector } from '../../../validation/label.ts'
import { createSeen, each, oneOf, required } from '../../../validation/value.ts'
import { validateDownwardFile, validateKeyToPath } from './volume-file.ts'

const minTokenSeconds = 600
const maxTokenSeconds = 2 ** 32
const keyTypes = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519']

/** Several sources in one directory: their files may not hide each other. */
export const validateProjected = (path: string, { defaultMode, sources }: ProjectedVolumeSource): FieldError[] => {
  const seen = createSeen()
  const conflict = (file: string | undefined, value: unknown) =>
    file && seen(file) ? [invalidValue(path, value, 'conflicting duplicate paths')] : []
  return [
    ...fileMode(`${path}.defaultMode`, defaultMode),
    ...each(`${path}.sources`, sources, (sourcePath, source) => [
      ...validateKeyedSource(`${sourcePath}.secret`, source.secret, conflict),
      ...validateKeyedSource(`${sourcePath}.configMap`, source.configMap, conflict),
      ...(source.downwardAPI?.items ?? []).flatMap((file) => [
        ...validateDownwardFile(`${sourcePath}.downwardAPI`, file),
        ...conflict(file.path, file.path),
      ]),
      ...(source.serviceAccountToken ? validateToken(path, sourcePath, source.serviceAccountToken) : []),
      ...(source.clusterTrustBundle
        ? [
            ...validateTrustBundle(`${sourcePath}.clusterTrustBundle`, source.clusterTrustBundle),
            ...conflict(source.clusterTrustBundle.path, source.clusterTrustBundle.path),
          ]
        : []),
      ...(source.podCertificate ? validateCertificate(`${sourcePath}.podCertificate`, source.podCertificate, conflict) : []),
      ...(countOf(source) > 1 ? [forbiddenField(sourcePath, 'may not specify more than 1 volume type per source')] : []),
    ]),
  ]
}

type Conflict = (file: string | undefined, value: unknown) => FieldError[]

const countOf = (source: VolumeProjection) => Object.values(source).filter((value) => value !== undefined).length

const validateKeyedSource = (
  path: string,
  source: VolumeProjection['secret'] | VolumeProjection['configMap'],
  conflict: Conflict,
): FieldError[] =>
  source === undefined
    ? []
    : [
        ...required(`${path}.name`, source.name),
        ...each(`${path}.items`, source.items, (itemPath, item) => [
          ...validateKeyToPath(itemPath, item),
          ...conflict(item.path, source.name),
        ]),
      ]

const validateToken = (
  volumePath: string,
  sourcePath: string,
  { expirationSeconds = 0, path }: ServiceAccountTokenProjection,
): FieldError[] => {
  const secondsPath = `${sourcePath}.serviceAccountToken.expirationSeconds`
  return [
    ...(expirationSeconds < minTokenSeconds
      ? [invalidValue(secondsPath, expirationSeconds, 'may not specify a duration less than 10 minutes')]
      : []),
    ...(expirationSeconds > maxTokenSeconds
      ? [invalidValue(secondsPath, expirationSeconds, 'may not specify a duration larger than 2^32 seconds')]
      : []),
    // upstream names the volume's path here
    ...(path ? nonReservedPath(`${volumePath}.path`, path) : [requiredValue(`${volumePath}.path`)]),
  ]
}

const validateTrustBundle = (path: string, bundle: ClusterTrustBundleProjection): FieldError[] => {
  const { name, signerName, path: file = '' } = bundle
  const which =
    name !== undefined && signerName !== undefined
      ? [invalidValue(path, bundle, 'only one of name and signerName may be used')]
      : name !== undefined
        ? [
            ...(name === '' ? [requiredValue(`${path}.name`, 'must be a valid object name')] : []),
            ...(bundle.labelSelector
              ? [invalidValue(`${path}.labelSelector`, bundle.labelSelector, 'labelSelector must be unset if name is specified')]
              : []),
          ]
        : signerName !== undefined
          ? [
              ...(signerName === '' ? [requiredValue(`${path}.signerName`, 'must be a valid signer name')] : []),
              ...labelSelector(`${path}.labelSelector`, bundle.labelSelector),
            ]
          : [requiredValue(path, 'either name or signerName must be specified')]
  return [...which, ...required(`${path}.path`, file), ...nonReservedPath(`${path}.path`, file)]
}

const validateCertificate = (path: string, certificate: PodCertificateProjection, conflict: Conflict): FieldError[] => {
  const files = (['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const).flatMap((field) =>
    certificate[field] ? [{ field, file: certificate[field] }] : [],
  )
  return [
    ...required(`${path}.signerName`, certificate.signerName),
    ...oneOf(`${path}.keyType`, certificate.keyType, keyTypes),
    ...files.flatMap(({ field, file }) => [...nonReservedPath(`${path}.${field}`, file), ...conflict(file, file)]),
    ...(files.length === 0
      ? [requiredValue(path, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath')]
      : []),
  ]
}

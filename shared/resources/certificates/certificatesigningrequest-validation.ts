import { X509Certificate } from 'node:crypto'
import { duplicateValue, type FieldError, forbiddenField, invalidValue, requiredValue } from '../../meta/field-error.ts'
import type { CertificateSigningRequestCondition as Condition } from '../generated/types.ts'
import type { CertificateSigningRequest } from '../resource.ts'
import { pemBlocks } from '../validation/pem.ts'
import { createSeen, each, oneOf, requiredOneOf } from '../validation/value.ts'
import { signerName } from './signer-name.ts'
import { checkSigningRequest } from './signing-request.ts'

const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]

/** What a check throws, as a finding. */
const thrown = (path: string, value: unknown, check: () => void): FieldError[] => {
  try {
    check()
    return []
  } catch (error) {
    return [invalidValue(path, value, (error as Error).message)]
  }
}

const textOf = (base64: string | null | undefined) => Buffer.from(base64 ?? '', 'base64').toString('latin1')

const legacySigner = 'kubernetes.io/legacy-unknown'

const validateSigner = (path: string, name: string | undefined): FieldError[] =>
  name === legacySigner
    ? [invalidValue(path, name, 'the legacy signerName is not allowed via this API version')]
    : signerName(path, name)

/** Of a new one; spec never changes after that. */
export const validateRequest = ({ spec }: CertificateSigningRequest): FieldError[] => {
  const { request, expirationSeconds } = spec
  const isSeen = createSeen()
  return [
    ...thrown('spec.request', request ?? null, () => checkSigningRequest(textOf(request))),
    ...(spec.usages?.length ? [] : [requiredValue('spec.usages')]),
    ...each('spec.usages', spec.usages, (path, usage) => oneOf(path, usage, usages)),
    ...each('spec.usages', spec.usages, (path, usage) => (isSeen(usage) ? [duplicateValue(path, usage)] : [])),
    ...validateSigner('spec.signerName', spec.signerName),
    ...(expirationSeconds !== undefined && expirationSeconds < 600
      ? [
          invalidValue(
            'spec.expirationSeconds',
            expirationSeconds,
            'may not specify a duration less than 600 seconds (10 minutes)',
          ),
        ]
      : []),
  ]
}

const conditionsPath = 'status.conditions'
const decisions = ['Approved', 'Denied']
const trueOnly = [...decisions, 'Failed']

const validateConditions = (conditions: readonly Condition[] | undefined): FieldError[] => {
  const isSeen = createSeen()
  const decided = new Set<string>()
  return each(conditionsPath, conditions, (path, { type, status }) => {
    if (decisions.includes(type)) decided.add(type)
    return [
      ...(type ? [] : [requiredValue(`${path}.type`)]),
      ...requiredOneOf(`${path}.status`, status, trueOnly.includes(type) ? ['True'] : ['False', 'True', 'Unknown']),
      ...(decisions.includes(type) && decided.size === 2
        ? [invalidValue(conditionsPath, type, 'Approved and Denied conditions are mutually exclusive')]
        : []),
      ...(isSeen(type ?? '') ? [duplicateValue(`${path}.type`, type ?? '')] : []),
    ]
  })
}

const checkCertificate = (certificate: string | undefined): void => {
  if (!certificate) return
  const blocks = pemBlocks(textOf(certificate))
  for (const { type, hasHeaders, bytes } of blocks) {
    if (type !== 'CERTIFICATE') throw new Error(`only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`)
    if (hasHeaders) throw new Error('no PEM block headers are permitted')
    if (bytes.length === 0) throw new Error('found CERTIFICATE PEM block containing 0 certificates')
    try {
      new X509Certificate(bytes)
    } catch (error) {
      throw new Error('x509: malformed certificate', { cause: error })
    }
  }
  if (blocks.length === 0) throw new Error('must contain at least one CERTIFICATE PEM block')
}

const count = ({ status }: CertificateSigningRequest, type: string) =>
  (status?.conditions ?? []).filter((condition) => condition.type === type).length

const validateStatus = (
  object: CertificateSigningRequest,
  old: CertificateSigningRequest,
  may: 'decide' | 'issue',
): FieldError[] => {
  const [certificate, before] = [object.status?.certificate ?? '', old.status?.certificate ?? '']
  const isChanged = certificate !== before
  const forbidden = (what: string, type: string) =>
    forbiddenField(conditionsPath, `updates may not ${what} a condition of type ${JSON.stringify(type)}`)
  const path = 'status.certificate'
  return [
    ...validateConditions(object.status?.conditions),
    ...(isChanged ? thrown(path, '<certificate data>', () => checkCertificate(certificate)) : []),
    ...trueOnly.filter((type) => count(object, type) < count(old, type)).map((type) => forbidden('remove', type)),
    ...(may === 'decide' ? [] : decisions)
      .filter((type) => count(object, type) > count(old, type))
      .map((type) => forbidden('add', type)),
    ...(isChanged && may === 'decide' ? [forbiddenField(path, 'updates may not set certificate content')] : []),
    ...(isChanged && may === 'issue' && before !== ''
      ? [forbiddenField(path, 'updates may not modify existing certificate content')]
      : []),
  ]
}

/** Who signs gives the certificate, and decides nothing. */
export const validateStatusUpdate = (object: CertificateSigningRequest, old: CertificateSigningRequest): FieldError[] =>
  validateStatus(object, old, 'issue')

/** Who approves decides, and gives no certificate. */
export const validateApproval = (object: CertificateSigningRequest, old: CertificateSigningRequest): FieldError[] =>
  validateStatus(object, old, 'decide')

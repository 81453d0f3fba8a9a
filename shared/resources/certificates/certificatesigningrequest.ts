import { humanDuration } from '../../meta/duration.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { CertificateSigningRequest } from '../resource.ts'
import { validateApproval, validateRequest, validateStatusUpdate } from './certificatesigningrequest-validation.ts'

const conditionsOf = ({ status }: CertificateSigningRequest) => status?.conditions ?? []

/** Decisions that are there stay as they are: who signs does not change them. One more or less is found by validation. */
const keepDecisions = (object: CertificateSigningRequest, old: CertificateSigningRequest): void => {
  for (const type of ['Approved', 'Denied']) {
    const before = conditionsOf(old).filter((condition) => condition.type === type)
    const now = conditionsOf(object).filter((condition) => condition.type === type)
    if (before.length !== now.length) continue
    for (const [index, condition] of now.entries()) Object.assign(condition, before[index])
  }
}

const setTimes = (object: CertificateSigningRequest, old: CertificateSigningRequest, now: string): void => {
  for (const condition of conditionsOf(object)) {
    condition.lastUpdateTime ??= now
    condition.lastTransitionTime ??=
      conditionsOf(old).find(
        ({ type, status, lastTransitionTime }) =>
          type === condition.type && status === condition.status && lastTransitionTime !== undefined,
      )?.lastTransitionTime ?? now
  }
}

const condition = (object: CertificateSigningRequest): string => {
  const has = (type: string) => conditionsOf(object).some((one) => one.type === type)
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return `${decision}${has('Failed') ? ',Failed' : ''}${object.status?.certificate ? ',Issued' : ''}`
}

export const certificateSigningRequest = define<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  singular: 'certificatesigningrequest',
  shortNames: ['csr'],
  namespaced: false,
  schema: 'io.k8s.api.certificates.v1.CertificateSigningRequest',
  rechecksNames: ['', 'status'],
  resetFields: {
    '': ['spec', 'status'],
    status: ['spec', 'status.conditions'],
    approval: ['spec', 'status.certificate'],
  },
  subresources: {
    status: true,
    others: {
      approval: {
        kind: 'CertificateSigningRequest',
        verbs: ['get', 'patch', 'update'],
        update: {
          prepare: (object: CertificateSigningRequest, old: CertificateSigningRequest, now) => {
            setTimes(object, old, now)
            const conditions = object.status?.conditions
            object.spec = old.spec
            object.status = { ...old.status, conditions }
            if (!conditions) delete object.status.conditions
          },
          validate: validateApproval,
        },
      },
    },
  },
  validateName: () => [],
  default: (object) => {
    object.status ??= {}
  },
  prepareForCreate: (object, { name, uid, groups, extra }) => {
    const { spec } = object
    spec.username = name
    spec.uid = uid || undefined
    spec.groups = groups.length > 0 ? [...groups] : undefined
    spec.extra = extra && Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]]))
    object.status = {}
  },
  prepareForUpdate: (object, old) => {
    object.spec = old.spec
  },
  prepareForStatusUpdate: (object, old, now) => {
    keepDecisions(object, old)
    setTimes(object, old, now)
  },
  validateCreate: validateRequest,
  validateStatusUpdate,
  fieldSelectors: { 'spec.signerName': ({ spec }) => spec.signerName },
  columns: [
    age,
    text(
      'SignerName',
      'Requested signer for the request. It is a qualified name in the form: `scope-hostname.io/name`. If empty, it will be defaulted:\n 1. If it\'s a kubelet client certificate, it is assigned\n    "kubernetes.io/kube-apiserver-client-kubelet".\n 2. If it\'s a kubelet serving certificate, it is assigned\n    "kubernetes.io/kubelet-serving".\n 3. Otherwise, it is assigned "kubernetes.io/legacy-unknown".\nDistribution of trust for signers happens out of band. You can select on this field using `spec.signerName`.',
      ({ spec }) => spec.signerName || '<none>',
    ),
    text('Requestor', 'Base64-encoded PKCS#10 CSR data', ({ spec }) => spec.username ?? ''),
    text(
      'RequestedDuration',
      'expirationSeconds is the requested duration of validity of the issued certificate. The certificate signer may issue a certificate with a different validity duration so a client must check the delta between the notBefore and and notAfter fields in the issued certificate to determine the actual duration.\n\nThe v1.22+ in-tree implementations of the well-known Kubernetes signers will honor this field as long as the requested duration is not greater than the maximum duration they will honor per the --cluster-signing-duration CLI flag to the Kubernetes controller manager.\n\nCertificate signers may not honor this field for various reasons:\n\n  1. Old signer that is unaware of the field (such as the in-tree\n     implementations prior to v1.22)\n  2. Signer whose configured maximum is shorter than the requested duration\n  3. Signer whose configured minimum is longer than the requested duration\n\nThe minimum valid value for expirationSeconds is 600, i.e. 10 minutes.',
      ({ spec: { expirationSeconds } }) => (expirationSeconds === undefined ? '<none>' : humanDuration(expirationSeconds * 1000)),
    ),
    text('Condition', 'Conditions applied to the request, such as approval or denial.', condition),
  ],
})

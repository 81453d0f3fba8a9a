import { invalidValue } from '../../meta/field-error.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { Lease } from '../resource.ts'

export const lease = define<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  namespaced: true,
  schema: 'io.k8s.api.coordination.v1.Lease',
  createOnUpdate: true,
  unconditionalUpdate: false,
  unqualifiedFinalizers: true,
  // coordinated leader election is an alpha feature upstream, off by default
  prepareForCreate: ({ spec }) => {
    delete spec.strategy
    delete spec.preferredHolder
  },
  prepareForUpdate: ({ spec }, old) => {
    if (old.spec.strategy === undefined) delete spec.strategy
    if (old.spec.preferredHolder === undefined) delete spec.preferredHolder
  },
  validate: ({ spec: { leaseDurationSeconds = 1, leaseTransitions = 0 } }) => [
    ...(leaseDurationSeconds <= 0
      ? [invalidValue('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')]
      : []),
    ...(leaseTransitions < 0
      ? [invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0')]
      : []),
  ],
  columns: [
    text(
      'Holder',
      'holderIdentity contains the identity of the holder of a current lease. If Coordinated Leader Election is used, the holder identity must be equal to the elected LeaseCandidate.metadata.name field.',
      ({ spec }) => spec.holderIdentity ?? '',
    ),
    age,
  ],
})

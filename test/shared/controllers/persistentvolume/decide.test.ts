import { describe, expect, it } from 'vitest'
import { type ClaimSurroundings, decideClaim } from '../../../../shared/controllers/persistentvolume/decide-claim.ts'
import { decideVolume, reclaimFailure, unbound } from '../../../../shared/controllers/persistentvolume/decide-volume.ts'
import { boundToClaim } from '../../../../shared/resources/core/volume/binding.ts'
import { findMatchingVolume } from '../../../../shared/resources/core/volume/matching.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../../shared/resources/resource.ts'

const aClaim = (spec: object = {}, metadata: object = {}, status: object = {}) =>
  ({
    metadata: { name: 'c', namespace: 'n', uid: 'uid-c', ...metadata },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 's', ...spec },
    status: { phase: 'Pending', ...status },
  }) as PersistentVolumeClaim
const aVolume = (name: string, spec: object = {}, metadata: object = {}, phase = 'Available') =>
  ({
    metadata: { name, ...metadata },
    spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, storageClassName: 's', ...spec },
    status: { phase },
  }) as PersistentVolume
const refersTo = (uid?: string, name = 'c') => ({ claimRef: { namespace: 'n', name, ...(uid && { uid }) } })
const aClass = (fields: Partial<StorageClass> = {}) =>
  ({ metadata: { name: 's' }, provisioner: 'example.com/disk', volumeBindingMode: 'Immediate', ...fields }) as StorageClass
const around = (parts: Partial<ClaimSurroundings> = {}): ClaimSurroundings => ({
  named: undefined,
  volumes: [],
  storageClass: undefined,
  defaultClass: undefined,
  waitingPods: [],
  ...parts,
})
const completed = { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }
const waiting = aClass({ volumeBindingMode: 'WaitForFirstConsumer' })

describe('which volume fits a claim', () => {
  const cases: Record<string, { volumes: PersistentVolume[]; claim?: PersistentVolumeClaim; found: string | undefined }> = {
    'the smallest': {
      volumes: [aVolume('large', { capacity: { storage: '5Gi' } }), aVolume('small', { capacity: { storage: '2Gi' } })],
      found: 'small',
    },
    'the one with the fewest modes before the smallest': {
      volumes: [
        aVolume('small', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }),
        aVolume('plain', { capacity: { storage: '9Gi' } }),
      ],
      found: 'plain',
    },
    'one that is bound to it, however large': {
      volumes: [aVolume('small'), aVolume('own', { capacity: { storage: '9Gi' }, ...refersTo('uid-c') }, {}, 'Bound')],
      found: 'own',
    },
    'one that its author reserved, whatever its class': {
      volumes: [aVolume('reserved', { storageClassName: 'other', ...refersTo() })],
      found: 'reserved',
    },
    'none that is too small': { volumes: [aVolume('v', { capacity: { storage: '1023Mi' } })], found: undefined },
    'none that is reserved but too small': {
      volumes: [aVolume('v', { capacity: { storage: '1Mi' }, ...refersTo() })],
      found: undefined,
    },
    'none of an earlier claim of the name': { volumes: [aVolume('v', refersTo('uid-old'))], found: undefined },
    'none of another class': { volumes: [aVolume('v', { storageClassName: 't' })], found: undefined },
    'none of no class': { volumes: [aVolume('v', { storageClassName: undefined })], found: undefined },
    'none without a mode': {
      volumes: [aVolume('v')],
      claim: aClaim({ accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }),
      found: undefined,
    },
    'none of another volumeMode': { volumes: [aVolume('v', { volumeMode: 'Block' })], found: undefined },
    'none of other attributes': { volumes: [aVolume('v', { volumeAttributesClassName: 'gold' })], found: undefined },
    'none that is released': { volumes: [aVolume('v', {}, {}, 'Released')], found: undefined },
    'none that is new': { volumes: [aVolume('v', {}, {}, 'Pending')], found: undefined },
    'none that is on its way out': { volumes: [aVolume('v', {}, { deletionTimestamp: 't' })], found: undefined },
    'only what its selector names': {
      volumes: [aVolume('a', {}, { labels: { disk: 'slow' } }), aVolume('b', {}, { labels: { disk: 'fast' } })],
      claim: aClaim({ selector: { matchLabels: { disk: 'fast' } } }),
      found: 'b',
    },
    'by the annotation of old': {
      volumes: [aVolume('v', {}, { annotations: { 'volume.beta.kubernetes.io/storage-class': 'beta' } })],
      claim: aClaim({ storageClassName: undefined }, { annotations: { 'volume.beta.kubernetes.io/storage-class': 'beta' } }),
      found: 'v',
    },
  }
  for (const [name, { volumes, claim = aClaim(), found }] of Object.entries(cases))
    it(name, () => expect(findMatchingVolume(claim, { volumes })?.metadata.name).toBe(found))
})

describe('what is next for a claim', () => {
  const event = (type: string, reason: string, message: string) => ({ does: 'wait', event: { type, reason, message } })
  const cases: Record<string, { claim?: PersistentVolumeClaim; parts?: Partial<ClaimSurroundings>; step: object }> = {
    'a fitting volume': { parts: { volumes: [aVolume('v')] }, step: { does: 'bind', volume: aVolume('v') } },
    'no volume and no class': {
      claim: aClaim({ storageClassName: '' }),
      step: event('Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set'),
    },
    'nothing said of a class, with a default one': {
      claim: aClaim({ storageClassName: undefined }),
      parts: { defaultClass: aClass() },
      step: { does: 'take class', name: 's' },
    },
    'an empty class, with a default one': {
      claim: aClaim({ storageClassName: '' }),
      parts: { defaultClass: aClass() },
      step: event('Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set'),
    },
    'a class that is not there': {
      step: event('Warning', 'ProvisioningFailed', 'storageclass.storage.k8s.io "s" not found'),
    },
    'a class of a driver': { parts: { storageClass: aClass() }, step: { does: 'ask', provisioner: 'example.com/disk' } },
    'a class of what a driver replaced': {
      parts: { storageClass: aClass({ provisioner: 'kubernetes.io/aws-ebs' }) },
      step: { does: 'ask', provisioner: 'ebs.csi.aws.com' },
    },
    'a class of nobody': {
      parts: { storageClass: aClass({ provisioner: 'kubernetes.io/no-provisioner' }) },
      step: event('Warning', 'ProvisioningFailed', 'no volume plugin matched'),
    },
    'one that waits for its consumer, though a volume would fit': {
      parts: { storageClass: waiting, volumes: [aVolume('v')] },
      step: event('Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding'),
    },
    'one that waits, with a volume reserved for it': {
      parts: { storageClass: waiting, volumes: [aVolume('v', refersTo())] },
      step: { does: 'bind', volume: aVolume('v', refersTo()) },
    },
    'one that waits for a pod': {
      parts: { storageClass: waiting, waitingPods: ['p'] },
      step: event('Normal', 'WaitForPodScheduled', 'waiting for pod p to be scheduled'),
    },
    'one that waits for pods': {
      parts: { storageClass: waiting, waitingPods: ['p', 'q'] },
      step: event('Normal', 'WaitForPodScheduled', 'waiting for pods p,q to be scheduled'),
    },
    'one whose node is chosen': {
      claim: aClaim({}, { annotations: { 'volume.kubernetes.io/selected-node': 'node' } }),
      parts: { storageClass: waiting },
      step: { does: 'ask', provisioner: 'example.com/disk' },
    },
    'a named volume that is not there': { claim: aClaim({ volumeName: 'v' }), step: { does: 'wait' } },
    'a named volume that is free': {
      claim: aClaim({ volumeName: 'v' }),
      parts: { named: aVolume('v') },
      step: { does: 'bind', volume: aVolume('v') },
    },
    'a named volume that does not fit': {
      claim: aClaim({ volumeName: 'v' }),
      parts: { named: aVolume('v', { storageClassName: 'other' }) },
      step: event('Warning', 'VolumeMismatch', 'Cannot bind to requested volume "v": storageClassName does not match'),
    },
    "a named volume that is another claim's": {
      claim: aClaim({ volumeName: 'v' }),
      parts: { named: aVolume('v', refersTo(undefined, 'other')) },
      step: event('Warning', 'FailedBinding', 'volume "v" already bound to a different claim.'),
    },
    'bound, and its volume says so': {
      claim: aClaim({ volumeName: 'v' }, completed),
      parts: { named: aVolume('v', refersTo('uid-c')) },
      step: { does: 'bind', volume: aVolume('v', refersTo('uid-c')) },
    },
    'bound, and its volume is gone': {
      claim: aClaim({ volumeName: 'v' }, completed),
      step: {
        does: 'lose',
        event: {
          type: 'Warning',
          reason: 'ClaimLost',
          message: 'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
        },
      },
    },
    "bound, and its volume is another claim's": {
      claim: aClaim({ volumeName: 'v' }, completed),
      parts: { named: aVolume('v', refersTo('uid-other')) },
      step: {
        does: 'lose',
        event: {
          type: 'Warning',
          reason: 'ClaimMisbound',
          message: 'Two claims are bound to the same volume, this one is bound incorrectly',
        },
      },
    },
    'bound, and its volume name was taken away': {
      claim: aClaim({}, completed),
      step: {
        does: 'lose',
        event: {
          type: 'Warning',
          reason: 'ClaimLost',
          message: 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!',
        },
      },
    },
  }
  for (const [name, { claim = aClaim(), parts, step }] of Object.entries(cases))
    it(name, () => expect(decideClaim(claim, around(parts))).toEqual(step))
})

describe('what is next for a volume', () => {
  const made = { annotations: { 'pv.kubernetes.io/provisioned-by': 'p' } }
  const cases: Record<string, { volume: PersistentVolume; claim?: PersistentVolumeClaim; step: object }> = {
    free: { volume: aVolume('v'), step: { does: 'set phase', phase: 'Available' } },
    'reserved by name': { volume: aVolume('v', refersTo()), step: { does: 'set phase', phase: 'Available' } },
    'of a claim that is no more': { volume: aVolume('v', refersTo('uid-c')), step: { does: 'release' } },
    'of a claim that has it': {
      volume: aVolume('v', refersTo('uid-c')),
      claim: aClaim({ volumeName: 'v' }),
      step: { does: 'set phase', phase: 'Bound' },
    },
    'of a claim that does not know yet': {
      volume: aVolume('v', refersTo('uid-c')),
      claim: aClaim(),
      step: { does: 'nothing' },
    },
    'on its way out, of a claim that does not know yet': {
      volume: aVolume('v', refersTo('uid-c'), { deletionTimestamp: 't' }, 'Bound'),
      claim: aClaim(),
      step: { does: 'release' },
    },
    'of a claim that wants another mode': {
      volume: aVolume('v', { volumeMode: 'Block', ...refersTo('uid-c') }),
      claim: aClaim(),
      step: { does: 'tell of other mode', claim: aClaim() },
    },
    'made for a claim that took another': {
      volume: aVolume('v', { persistentVolumeReclaimPolicy: 'Delete', ...refersTo('uid-c') }, made),
      claim: aClaim({ volumeName: 'w' }),
      step: { does: 'release' },
    },
    'made to be kept, for a claim that took another': {
      volume: aVolume('v', { persistentVolumeReclaimPolicy: 'Retain', ...refersTo('uid-c') }, made),
      claim: aClaim({ volumeName: 'w' }),
      step: { does: 'unbind' },
    },
  }
  for (const [name, { volume, claim, step }] of Object.entries(cases))
    it(name, () => expect(decideVolume(volume, claim)).toEqual(step))

  it('loses a reference that a controller made, and keeps the name of one that its author made', () => {
    const claim = aClaim()
    expect(unbound(boundToClaim(aVolume('v'), claim)!)).toEqual({ ...aVolume('v'), metadata: { name: 'v', annotations: {} } })
    expect(unbound(aVolume('v', refersTo('uid-c'))).spec.claimRef).toEqual({ namespace: 'n', name: 'c' })
  })

  it('is failed where nobody can reclaim it as its policy says', () => {
    const reasons = (['Retain', 'Delete', 'Recycle', 'Shred'] as const).map(
      (persistentVolumeReclaimPolicy) => reclaimFailure(aVolume('v', { persistentVolumeReclaimPolicy }))?.reason,
    )
    expect(reasons).toEqual([undefined, 'VolumeFailedDelete', 'VolumeFailedRecycle', 'VolumeUnknownReclaimPolicy'])
    expect(reclaimFailure(aVolume('v', { persistentVolumeReclaimPolicy: 'Delete' }, made))).toBeUndefined()
    expect(reclaimFailure(aVolume('v', { persistentVolumeReclaimPolicy: 'Delete', csi: {} }))).toBeUndefined()
    const builtIn = { annotations: { 'pv.kubernetes.io/provisioned-by': 'kubernetes.io/host-path' } }
    expect(reclaimFailure(aVolume('v', { persistentVolumeReclaimPolicy: 'Delete' }, builtIn))?.message).toBe(
      'error getting deleter volume plugin for volume "v": no deletable volume plugin matched',
    )
  })
})

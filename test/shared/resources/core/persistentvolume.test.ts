import { describe, expect, it } from 'vitest'
import { persistentVolume } from '../../../../shared/resources/core/persistentvolume.ts'
import type { PersistentVolume } from '../../../../shared/resources/resource.ts'

const before = '2020-01-01T00:00:00Z'
const now = '2021-01-01T00:00:00Z'
const secret = (name: string) => ({ name, namespace: 'n' })
const volume = (csi: object, status: PersistentVolume['status'] = { phase: 'Available', lastPhaseTransitionTime: before }) =>
  ({ metadata: { name: 'v' }, spec: { csi: { driver: 'd', volumeHandle: 'h', ...csi } }, status }) as unknown as PersistentVolume

describe('the time of the last change of phase', () => {
  it.each([
    ['stays with the phase', { phase: 'Available' }, before],
    ['is what the client says with the same phase', { phase: 'Available', lastPhaseTransitionTime: now }, now],
    ['is now when the phase changes', { phase: 'Bound' }, now],
    ['is now when the client only sent back what it had read', { phase: 'Bound', lastPhaseTransitionTime: before }, now],
    [
      'is what the client says with another phase',
      { phase: 'Bound', lastPhaseTransitionTime: '2022-01-01T00:00:00Z' },
      '2022-01-01T00:00:00Z',
    ],
  ])('%s', (_, status, expected) => {
    const object = volume({}, status)
    persistentVolume.prepareForStatusUpdate!(object, volume({}), now)
    expect(object.status?.lastPhaseTransitionTime).toBe(expected)
  })
})

describe('the source of a volume', () => {
  const immutable = ({ message }: { message: string }) =>
    message.startsWith('Forbidden: spec.persistentvolumesource is immutable after creation\n@@ ')
  const changed = (csi: object, old: object) =>
    persistentVolume.validateUpdate!(volume(csi), volume(old)).filter(({ field }) => field === 'spec.persistentvolumesource')

  it.each([
    ['may not become another', { volumeHandle: 'x' }, {}, 1],
    ['may get the secret for growing', { controllerExpandSecretRef: secret('s') }, {}, 0],
    ['keeps the secret for growing', { controllerExpandSecretRef: secret('t') }, { controllerExpandSecretRef: secret('s') }, 1],
    ['may not get a secret and another handle', { volumeHandle: 'x', controllerExpandSecretRef: secret('s') }, {}, 1],
  ])('%s', (_, csi, old, count) => {
    const errors = changed(csi, old)
    expect(errors).toHaveLength(count)
    expect(errors.every(immutable)).toBe(true)
  })
})

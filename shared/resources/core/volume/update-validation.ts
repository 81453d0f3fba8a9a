import { type FieldError, forbiddenField, invalidValue } from '../../../meta/field-error.ts'
import type { VolumeNodeAffinity } from '../../generated/types.ts'
import type { PersistentVolume } from '../../resource.ts'
import { immutable, isEquivalent } from '../../validation/equality.ts'
import { unifiedDiff } from '../../validation/unified-diff.ts'
import { sourceOf } from './source-validation.ts'

const newNames: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
}

/** A label of nodes may be called by its newer name. */
const renamed = (affinity: VolumeNodeAffinity | undefined, now: VolumeNodeAffinity | undefined): VolumeNodeAffinity => ({
  required: {
    nodeSelectorTerms: (affinity?.required?.nodeSelectorTerms ?? []).map((term, index) => {
      const after = now?.required?.nodeSelectorTerms[index]
      const rename = <T extends { key: string }>(rule: T, other: { key: string } | undefined): T =>
        other && newNames[rule.key] === other.key ? { ...rule, key: other.key } : rule
      return {
        ...term,
        matchExpressions: term.matchExpressions?.map((rule, position) => rename(rule, after?.matchExpressions?.[position])),
        matchFields: term.matchFields?.map((rule, position) => rename(rule, after?.matchFields?.[position])),
      }
    }),
  },
})

/** The secret for growing may come later. */
const comparable = ({ spec }: PersistentVolume, old: PersistentVolume) => {
  const source = sourceOf(spec)
  if (!source.csi || !old.spec.csi || old.spec.csi.controllerExpandSecretRef) return source
  const { controllerExpandSecretRef: _secret, ...csi } = source.csi
  return { ...source, csi }
}

export const validateVolumeUpdate = (object: PersistentVolume, old: PersistentVolume): FieldError[] => {
  const [now, before] = [comparable(object, old), sourceOf(old.spec)]
  const { nodeAffinity, volumeMode, volumeAttributesClassName } = object.spec
  return [
    ...(isEquivalent(now, before)
      ? []
      : [
          forbiddenField(
            'spec.persistentvolumesource',
            `spec.persistentvolumesource is immutable after creation\n${unifiedDiff(before, now)}`,
          ),
        ]),
    ...immutable('volumeMode', volumeMode, old.spec.volumeMode),
    ...(old.spec.nodeAffinity && !isEquivalent(nodeAffinity, nodeAffinity && renamed(old.spec.nodeAffinity, nodeAffinity))
      ? [invalidValue('nodeAffinity', nodeAffinity ?? null, 'field is immutable, except for updating from beta label to GA')]
      : []),
    ...(old.spec.volumeAttributesClassName !== undefined && volumeAttributesClassName === undefined
      ? [forbiddenField('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden')]
      : []),
  ]
}

import { parseQuantityValue } from '../../../meta/quantity.ts'
import type { PersistentVolumeClaimSpec } from '../../generated/types.ts'
import type { PersistentVolumeClaim } from '../../resource.ts'
import { classAnnotation } from '../volume/class-name.ts'

const billion = 1_000_000_000n

/** Of a claim, and of a template of claims. */
export const claimSpecWarnings = (path: string, { resources }: PersistentVolumeClaimSpec): string[] =>
  (['requests', 'limits'] as const).flatMap((list) => {
    const amount = resources?.[list]?.storage
    return amount === undefined || parseQuantityValue(amount).nano % billion === 0n
      ? []
      : [`${path}.resources.${list}[storage]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`]
  })

export const claimWarnings = ({ metadata, spec }: PersistentVolumeClaim): string[] => [
  ...(metadata.annotations?.[classAnnotation] === undefined
    ? []
    : [`metadata.annotations[${classAnnotation}]: deprecated since v1.8; use "storageClassName" attribute instead`]),
  ...claimSpecWarnings('spec', spec),
]

import type { Toleration } from '../../resources/generated/types.ts'
import type { Pod } from '../../resources/resource.ts'
import type { AdmissionPlugin } from './admission.ts'
import { isMain } from './of-kind.ts'

const tolerationSeconds = 300
const taints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

/** Pods stay five minutes on a node that is gone, unless they say otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  mutate: (attributes) => {
    if (attributes.operation === 'DELETE' || !isMain(attributes, '', 'pods')) return
    const { spec } = attributes.object as Pod
    for (const key of taints) {
      if (spec.tolerations?.some((toleration) => speaksOf(toleration, key))) continue
      spec.tolerations = [...(spec.tolerations ?? []), { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }]
    }
  },
}

const speaksOf = ({ key, effect }: Toleration, taint: string) => (key === taint || !key) && (effect === 'NoExecute' || !effect)

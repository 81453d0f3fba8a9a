import type { PodSpec, Toleration } from '../../resources/generated/types.ts'
import { semanticallyEqual } from '../semantic-equality.ts'

const conditions = ['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable']

/** What a template's pods tolerate, and every daemon beside it: a node's troubles drive none away. */
export const daemonTolerations = ({ tolerations = [], hostNetwork }: PodSpec): Toleration[] => {
  const always = [
    ...['not-ready', 'unreachable'].map((key) => existing(key, 'NoExecute')),
    ...[...conditions, ...(hostNetwork ? ['network-unavailable'] : [])].map((key) => existing(key, 'NoSchedule')),
  ]
  return always.reduce<Toleration[]>(withToleration, [...tolerations])
}

const existing = (key: string, effect: string): Toleration => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect })

/** One that differs only in how long it holds is replaced. */
const withToleration = (tolerations: Toleration[], toleration: Toleration): Toleration[] => {
  const isSame = ({ tolerationSeconds: _, ...each }: Toleration) =>
    semanticallyEqual({ ...each, value: each.value || undefined }, toleration)
  return tolerations.some(isSame) ? tolerations.map((each) => (isSame(each) ? toleration : each)) : [...tolerations, toleration]
}

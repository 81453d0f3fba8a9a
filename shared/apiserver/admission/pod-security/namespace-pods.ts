import type { Pod } from '../../../resources/resource.ts'
import { checkedOf } from './check.ts'
import { reasonsText, violations } from './evaluate.ts'
import { type LevelVersion, textOf } from './policy.ts'

const mostPods = 3000
const longestMs = 1000

/** What would forbid pods that are there, were they made under the new policy: texts of warnings. */
export const warningsOfPods = (
  namespace: string,
  enforce: LevelVersion,
  { pods, now }: { pods: readonly Pod[]; now: () => number },
): string[] => {
  const chosen = oneOfEachOwnerFirst(pods).slice(0, mostPods)
  const untilMs = now() + longestMs
  const found = new Map<string, string[]>()
  let checked = 0
  for (const pod of chosen) {
    const text = reasonsText(violations(enforce, checkedOf(pod.metadata, pod.spec)))
    if (text) found.set(text, [...(found.get(text) ?? []), pod.metadata.name])
    checked++
    if (now() > untilMs) break
  }
  const texts = [...found].map(([text, names]) => `${namesText(names.sort())}: ${text}`).sort()
  return [
    ...(checked < pods.length
      ? [`new PodSecurity enforce level only checked against the first ${checked} of ${pods.length} existing pods`]
      : []),
    ...(texts.length > 0
      ? [`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${textOf(enforce)}"`]
      : []),
    ...texts,
  ]
}

const namesText = ([first, ...others]: readonly string[]): string => {
  if (others.length === 0) return first!
  return `${first} (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`
}

/** The pods of one owner are alike. */
const oneOfEachOwnerFirst = (pods: readonly Pod[]): Pod[] => {
  const owners = new Set<string>()
  const again: Pod[] = []
  const first = pods.filter((pod) => {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller)?.uid
    if (owner === undefined) return true
    if (owners.has(owner)) again.push(pod)
    const isFirst = !owners.has(owner)
    owners.add(owner)
    return isFirst
  })
  return [...first, ...again]
}

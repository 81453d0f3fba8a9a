import { expect, it } from 'vitest'
import { memorySize } from '../../../agent/volumes/memory-size.ts'
import type { PodSpec } from '../../../shared/resources/generated/types.ts'

const limited = (name: string, memory?: string) => ({ name, ...(memory ? { resources: { limits: { memory } } } : {}) })
const spec = (...limits: (string | undefined)[]): PodSpec => ({
  containers: limits.map((limit, index) => limited(`c${index}`, limit)),
})
const Mi = 1024 * 1024

it.each<[string, PodSpec, string | undefined, string | undefined, number | undefined]>([
  ['nothing says anything', spec(undefined), undefined, undefined, undefined],
  ['the node alone', spec(undefined), undefined, '1Gi', 1024 * Mi],
  ['its own limit is less than the node', spec(undefined), '64Mi', '1Gi', 64 * Mi],
  ['its own limit is more than the node', spec(undefined), '2Gi', '1Gi', 1024 * Mi],
  ['its own limit is zero', spec(undefined), '0', '1Gi', 1024 * Mi],
  ['all containers are limited', spec('100Mi', '28Mi'), undefined, '1Gi', 128 * Mi],
  ['one container is not limited', spec('100Mi', undefined), undefined, '1Gi', 1024 * Mi],
  ['one container is limited to nothing', spec('100Mi', '0'), undefined, '1Gi', 1024 * Mi],
  ['its own limit is less than the containers', spec('100Mi'), '1.5Mi', '1Gi', 1.5 * Mi],
  ['its own limit is more than the containers', spec('100Mi'), '200Mi', '1Gi', 100 * Mi],
  ['an init container is not limited', { ...spec('100Mi'), initContainers: [limited('i')] }, undefined, '1Gi', 1024 * Mi],
  ['an init container takes more', { ...spec('100Mi'), initContainers: [limited('i', '300Mi')] }, undefined, '1Gi', 300 * Mi],
  ['the pod has overhead', { ...spec('100Mi'), overhead: { memory: '10Mi' } }, undefined, '1Gi', 110 * Mi],
  ['a fraction of a byte', spec(undefined), '1048576500m', '1Gi', 1_048_577],
])('an emptyDir in memory is as large as may be when %s', (_, pod, sizeLimit, allocatable, expected) => {
  expect(memorySize(pod, sizeLimit, allocatable)).toBe(expected)
})

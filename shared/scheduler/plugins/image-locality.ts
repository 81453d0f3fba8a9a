import type { NodeInfo } from '../node-info.ts'
import { maxScore, type ScorePlugin } from '../plugin.ts'

const megabyte = 1024 * 1024
const least = 23 * megabyte
const mostPerContainer = 1000 * megabyte

/** Prefers nodes that have the pod's images already. */
export const imageLocality: ScorePlugin = {
  name: 'ImageLocality',
  weight: 1,
  scorer: ({ pod }, { nodes }) => {
    const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
    const images = containers.map(({ image = '' }) => normalized(image))
    const share = new Map(images.map((image) => [image, nodes.filter((node) => node.images.has(image)).length / nodes.length]))
    // One that no node has, or that is small, moves nobody.
    if (![...share.values()].some((part) => part > 0)) return undefined
    const most = mostPerContainer * containers.length
    return {
      score: (node: NodeInfo) => {
        const bytes = images.reduce((sum, image) => sum + Math.floor((node.images.get(image) ?? 0) * (share.get(image) ?? 0)), 0)
        return Math.floor((maxScore * (Math.min(most, Math.max(least, bytes)) - least)) / (most - least))
      },
    }
  },
}

const normalized = (image: string) => (image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image)

import type { Rejection } from './plugin.ts'

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` */
export const fitMessage = (rejections: readonly (Rejection | undefined)[]): string => {
  const counts = new Map<string, number>()
  for (const rejection of rejections)
    for (const reason of rejection?.reasons ?? []) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const texts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort()
  return `0/${rejections.length} nodes are available:${texts.length ? ` ${texts.join(', ')}.` : ''}`
}

export const noNodesMessage = 'no nodes available to schedule pods'

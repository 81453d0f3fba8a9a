/** How many nodes of a zone are (not) ready. */
export interface ZoneCount {
  readonly ready: number
  readonly notReady: number
}

/** upstream's words */
export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption'

/** upstream's defaults: `--node-eviction-rate` and its like */
const nodesASecond = 0.1
const secondaryNodesASecond = 0.01
const unhealthyShare = 0.55
const largeZone = 50

export const zoneState = ({ ready, notReady }: ZoneCount): ZoneState => {
  if (ready === 0 && notReady > 0) return 'FullDisruption'
  return notReady > 2 && notReady / (ready + notReady) >= unhealthyShare ? 'PartialDisruption' : 'Normal'
}

/** Nobody is heard of: it is more likely that who listens is cut off. */
export const isCutOff = (zones: readonly ZoneCount[]): boolean =>
  zones.length > 0 && zones.every((zone) => zoneState(zone) === 'FullDisruption')

/**
 * How long after a node of a zone the next one's pods are moved; undefined: not at all. A small zone that loses most of its nodes has
 * no room for what is moved; a zone that lost all of them moves everything to the others, so ask `isCutOff` first.
 */
export const evictionIntervalMs = (zone: ZoneCount): number | undefined => {
  if (zoneState(zone) !== 'PartialDisruption') return 1000 / nodesASecond
  return zone.ready + zone.notReady > largeZone ? 1000 / secondaryNodesASecond : undefined
}

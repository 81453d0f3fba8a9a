/** One thing that is not the same on both sides; undefined: not there. */
export interface Difference {
  /** what was compared, then the way to the value: ` apps/v1 deployments.verbs` */
  readonly where: string
  readonly ours: unknown
  readonly peer: unknown
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The deepest values that differ. Lists are one value, in their order. */
export const differences = (where: string, ours: unknown, peer: unknown): Difference[] => {
  if (isObject(ours) && isObject(peer)) {
    const names = [...new Set([...Object.keys(ours), ...Object.keys(peer)])].sort()
    return names.flatMap((name) => differences(`${where}.${name}`, ours[name], peer[name]))
  }
  return same(ours, peer) ? [] : [{ where, ours, peer }]
}

/** Whatever the order of fields. */
const same = (ours: unknown, peer: unknown): boolean => {
  if (Array.isArray(ours) && Array.isArray(peer)) {
    return ours.length === peer.length && ours.every((item, index) => same(item, peer[index]))
  }
  if (!isObject(ours) || !isObject(peer)) return ours === peer
  const names = Object.keys(ours)
  return names.length === Object.keys(peer).length && names.every((name) => name in peer && same(ours[name], peer[name]))
}

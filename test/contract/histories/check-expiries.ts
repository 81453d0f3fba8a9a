import type { Finding } from './finding.ts'
import type { History } from './history.ts'

/** Nobody was told that history behind a position is gone before somebody began to drop it. */
export const checkExpiries = ({ expiries = [], drops = [] }: History): Finding[] =>
  expiries
    .filter(({ at, end }) => !drops.some(({ upTo, start }) => upTo > at && start <= end))
    .map(({ at, through }) => ({ what: `${through} was told that ${at} has expired, behind which nothing was dropped` }))

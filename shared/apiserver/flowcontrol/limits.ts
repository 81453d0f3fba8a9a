import type { PriorityLevelConfiguration } from '../../resources/resource.ts'

/** How many seats a level has, of those of this process. */
export interface Limits {
  /** its share */
  readonly nominal: number
  /** what nobody may borrow of that */
  readonly lower: number
  /** with all that it may borrow */
  readonly upper: number
  /** the most that one request takes */
  readonly widest: number
}

const widestShare = 0.15
const widestAtAll = 10

/** Shares as upstream divides them; exempt levels count too, and need none. */
export const limitsOf = (levels: readonly PriorityLevelConfiguration[], totalSeats: number): ReadonlyMap<string, Limits> => {
  const shared = levels.map((level) => ({ level, settings: settingsOf(level) }))
  const sum = shared.reduce((total, { settings }) => total + settings.shares, 0)
  return new Map(
    shared.map(({ level, settings: { shares, lendable, borrowing } }) => {
      const nominal = sum === 0 ? 0 : Math.ceil((totalSeats * shares) / sum)
      const handSize = level.spec.limited?.limitResponse?.queuing?.handSize ?? 1
      return [
        level.metadata.name,
        {
          nominal,
          lower: nominal - Math.round((nominal * lendable) / 100),
          upper: nominal + (borrowing === undefined ? totalSeats : Math.round((nominal * borrowing) / 100)),
          widest: Math.max(1, Math.min(widestAtAll, Math.ceil(nominal * widestShare), Math.floor(nominal / handSize))),
        },
      ]
    }),
  )
}

const settingsOf = ({ spec: { limited, exempt } }: PriorityLevelConfiguration) => ({
  shares: (limited ? limited.nominalConcurrencyShares : exempt?.nominalConcurrencyShares) ?? 0,
  lendable: (limited ?? exempt)?.lendablePercent ?? 0,
  borrowing: limited?.borrowingLimitPercent ?? undefined,
})

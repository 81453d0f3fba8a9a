import { parseQuantityValue } from '../../meta/quantity.ts'
import type { HorizontalPodAutoscaler } from '../../resources/resource.ts'

/** Shares of the target by which a metric may be off without anybody being scaled. */
export interface Tolerances {
  readonly down: number
  readonly up: number
}

const usual = 0.1

export const tolerancesOf = ({ spec: { behavior } }: Pick<HorizontalPodAutoscaler, 'spec'>): Tolerances => ({
  down: share(behavior?.scaleDown?.tolerance),
  up: share(behavior?.scaleUp?.tolerance),
})

const share = (quantity: string | undefined): number =>
  quantity === undefined ? usual : Number(parseQuantityValue(quantity).nano) / 1e9

export const isWithin = ({ down, up }: Tolerances, ratio: number): boolean => 1 - down <= ratio && ratio <= 1 + up

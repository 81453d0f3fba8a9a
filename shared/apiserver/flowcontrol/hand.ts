import { createHash } from 'node:crypto'

/**
 * Shuffle sharding: which of `queues` a flow may use, `handSize` of them, always the same. Two flows share all of theirs only by great chance.
 * https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#queuing
 */
export const dealHand = (flow: string, { queues, handSize }: { queues: number; handSize: number }): readonly number[] => {
  let entropy = createHash('sha256').update(flow).digest().readBigUInt64LE()
  const hand: number[] = []
  for (let dealt = 0; dealt < handSize; dealt++) {
    const left = BigInt(queues - dealt)
    let card = Number(entropy % left)
    entropy /= left
    // the card-th of those that are still in the deck
    for (const taken of [...hand].sort((a, b) => a - b)) if (card >= taken) card++
    hand.push(card)
  }
  return hand
}

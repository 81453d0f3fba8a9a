import { describe, expect, it } from 'vitest'
import { dealHand } from '../../../../shared/apiserver/flowcontrol/hand.ts'
import { limitsOf } from '../../../../shared/apiserver/flowcontrol/limits.ts'
import { mandatoryLevels, suggestedLevels } from '../../../../shared/resources/flowcontrol/defaults/levels.ts'

describe('a hand of queues', () => {
  it.each([
    [1, 1],
    [2, 2],
    [8, 3],
    [64, 6],
    [128, 8],
    [1000, 6],
  ])('of %i queues has %i distinct ones, for a flow always the same', (queues, handSize) => {
    const used = new Set<number>()
    for (let flow = 0; flow < 2000; flow++) {
      const hand = dealHand(`schema\0user-${flow}`, { queues, handSize })
      expect(hand).toEqual(dealHand(`schema\0user-${flow}`, { queues, handSize }))
      expect(new Set(hand).size).toBe(handSize)
      for (const queue of hand) {
        expect(queue >= 0 && queue < queues).toBe(true)
        used.add(queue)
      }
    }
    // all have their turn
    expect(used.size).toBe(queues)
  })
})

describe('the seats of levels', () => {
  it('are divided as a real API server divides its 600', () => {
    const limits = limitsOf([...mandatoryLevels, ...suggestedLevels], 600)
    expect(Object.fromEntries([...limits].map(([name, { nominal, lower, upper }]) => [name, [nominal, lower, upper]]))).toEqual({
      'catch-all': [13, 13, 613],
      exempt: [0, 0, 600],
      'global-default': [49, 24, 649],
      'leader-election': [25, 25, 625],
      'node-high': [98, 73, 698],
      system: [74, 50, 674],
      'workload-high': [98, 49, 698],
      'workload-low': [245, 24, 845],
    })
    expect(limits.get('workload-low')!.widest).toBe(10)
  })
})

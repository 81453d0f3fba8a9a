import { measureLetters } from '../test/aws/bill/letters.ts'
import type { Scenario } from './scenario.ts'

export const letters: Scenario = {
  title: 'Calls into the cluster by letter (queues answer after 15 ms, tables after 5; one after the other)',
  async run(report) {
    const { calls, watchEventMs } = await measureLetters()
    for (const { what, medianMs, mostMs, used, dollarsOfMillion } of calls) {
      report({ what, value: medianMs, unit: 'ms' })
      report({ what: '  nineteen of twenty within', value: mostMs, unit: 'ms' })
      report({ what: '  queues', value: used.queueRequests, unit: 'requests' })
      report({ what: '  read', value: used.readUnits, unit: 'units' })
      report({ what: '  write', value: used.writeUnits, unit: 'units' })
      report({ what: '  a million, with the function that waits', value: dollarsOfMillion, unit: '$' })
    }
    report({ what: 'an event of a watch that was still', value: watchEventMs, unit: 'ms' })
  },
}

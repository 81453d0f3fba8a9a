import { describe, expect, it } from 'vitest'
import { createCorrelator } from '../../../../shared/controllers/event/correlator.ts'

const occurrence = (message: string, name = 'pod') => ({
  component: 'kubelet',
  regarding: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name, uid: name },
  type: 'Warning',
  reason: 'BackOff',
  message,
})

describe('what happens again', () => {
  it('is counted on the Event that stands', () => {
    const correlator = createCorrelator()
    const first = correlator.judge(occurrence('same'), 0)
    expect(first).toMatchObject({ write: 'event', message: 'same', known: undefined })
    if (first.write === 'event') correlator.written(first.key, { name: 'e', namespace: 'default', count: 1 })
    expect(correlator.judge(occurrence('same'), 1000)).toMatchObject({ known: { name: 'e', count: 1 } })
  })

  it('in ever other words is combined', () => {
    const correlator = createCorrelator()
    const verdicts = Array.from({ length: 12 }, (_, index) => correlator.judge(occurrence(`attempt ${index}`), index))
    expect(verdicts[8]).toMatchObject({ message: 'attempt 8' })
    expect(verdicts[11]).toMatchObject({ message: '(combined from similar events): attempt 11' })
  })

  it('too often is dropped, for that object only, until the budget has grown', () => {
    const correlator = createCorrelator()
    for (let index = 0; index < 25; index++) expect(correlator.judge(occurrence('m'), 0).write).toBe('event')
    expect(correlator.judge(occurrence('m'), 0).write).toBe('nothing')
    expect(correlator.judge(occurrence('m', 'other'), 0).write).toBe('event')
    expect(correlator.judge(occurrence('m'), 300_001).write).toBe('event')
  })
})

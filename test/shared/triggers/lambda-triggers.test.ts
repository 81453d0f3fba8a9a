import { expect, it } from 'vitest'
import { createLambdaTriggers, parseTriggers } from '../../../shared/triggers/lambda-triggers.ts'
import { FakeTriggers } from '../../fakes/fake-triggers.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

const text = 'a-1=https://sqs.eu-west-1.amazonaws.com/1/place.fifo b-2=https://sqs.eu-west-1.amazonaws.com/1/beats?x=y'

it('reads what functions are told of triggers', () => {
  expect(parseTriggers(text)).toEqual([
    { id: 'a-1', queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/place.fifo' },
    { id: 'b-2', queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/beats?x=y' },
  ])
  expect(() => parseTriggers('a-1')).toThrow('"a-1" is no trigger')
})

it('asks again after a while, and mends what somebody else has turned', async () => {
  const fake = new FakeTriggers('a-1', 'b-2')
  const clock = new ManualClock()
  const triggers = createLambdaTriggers({ lambda: fake.lambda, sqs: fake.sqs, triggers: parseTriggers(text), clock })
  await triggers.set(true)
  fake.states.set('a-1', 'Disabled')
  await triggers.set(true)
  expect(fake.states.get('a-1')).toBe('Disabled')
  clock.advance(300_000)
  await triggers.set(true)
  expect(fake.states.get('a-1')).toBe('Enabled')
})

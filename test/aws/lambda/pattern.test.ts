import { expect, it } from 'vitest'
import { fits } from './pattern.ts'

const event = { source: 'aws.ecs', detail: { clusterArn: 'arn:a', tags: ['x', 'y'], Keys: { pk: { S: 'log#1' } } } }

it.each([
  [{ source: ['aws.ecs', 'aws.ec2'] }, true],
  [{ source: ['aws.ec2'] }, false],
  [{ source: ['aws.ecs'], detail: { clusterArn: ['arn:b'] } }, false],
  [{ detail: { tags: ['y'] } }, true],
  [{ detail: { Keys: { pk: { S: [{ prefix: 'log#' }] } } } }, true],
  [{ detail: { Keys: { pk: { S: [{ prefix: 'object#' }] } } } }, false],
  [{ detail: { clusterArn: [{ 'anything-but': ['arn:b'] }] } }, true],
  [{ detail: { clusterArn: [{ 'anything-but': ['arn:a'] }] } }, false],
  [{ detail: { nothing: [{ 'anything-but': ['arn:a'] }] } }, false],
  [{ detail: { nothing: [{ exists: false }] } }, true],
])('%j', (pattern, expected) => {
  expect(fits(pattern, event)).toBe(expected)
})

it('refuses what it does not play', () => {
  expect(() => fits({ source: [{ wildcard: 'aws.*' }] }, event)).toThrow('wildcard')
})

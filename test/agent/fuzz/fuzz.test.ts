import { expect, it } from 'vitest'
import { runFuzz } from './fuzz-target.ts'
import { targets } from './targets.ts'

// `npm run fuzz:agent` does so with a million, and other seeds.
it.each(Object.keys(targets))('%s: ten thousand odd inputs leave the agent up', { timeout: 120_000 }, async (name) => {
  expect(await runFuzz(targets[name]!, { inputs: 10_000, seed: 1 })).toMatchObject({ inputs: 10_000 })
})

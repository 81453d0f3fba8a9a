import { expect, it } from 'vitest'
import { runFuzz } from './fuzz-target.ts'
import { targets } from './targets.ts'

// `npm run fuzz:agent` does so with a million, and other seeds. A TCP probe reads nothing: there is little to find for the time it takes.
const inputsOf = (name: string) => (name === 'TCP probes' ? 1_000 : 10_000)

it.each(Object.keys(targets))('%s: odd inputs by the thousand leave the agent up', { timeout: 120_000 }, async (name) => {
  const inputs = inputsOf(name)
  expect(await runFuzz(targets[name]!, { inputs, seed: 1 })).toMatchObject({ inputs })
})

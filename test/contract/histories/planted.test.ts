import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { lookFor, plantedBugs } from './planted.ts'

/** All of them are looked for by `npm run test:histories -- --planted`. */
const few = [
  'lmdb-lost-update',
  'lmdb-early-acknowledgement',
  'tail-loses-first-held',
  'cache-misses-deletion',
  'watch-misses-leaving',
]

describe('the histories', () => {
  it('are tried on at least 25 bugs, of which each says what it does', () => {
    const bugs = plantedBugs()
    expect(bugs.length).toBeGreaterThanOrEqual(25)
    expect(bugs.filter(({ what }) => what.length < 20)).toEqual([])
    expect(bugs.map(({ name }) => name)).toEqual(expect.arrayContaining(few))
  })

  it.each(plantedBugs())('can be tried on $name, whose place is still there', ({ file }) => {
    execFileSync('git', ['apply', '-C1', '--check', file], {
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
      stdio: 'pipe',
    })
  })

  it.each(few)('find the planted bug %s', { timeout: 240_000 }, async (name) => {
    const { outcome, said } = await lookFor(plantedBugs().find((bug) => bug.name === name)!, 2)
    expect({ outcome, said }).toEqual({ outcome: 'caught', said })
  })
})

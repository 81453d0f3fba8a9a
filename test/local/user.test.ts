import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkUser } from '../../local/user.ts'

const dataDir = join(tmpdir(), 'windlass-nowhere')
const docker = { runtime: 'docker', dataDir } as const

it('a user who is not root is told at once what works', () => {
  expect(() => checkUser(docker, 1000)).toThrow(/real containers take root[\s\S]*sudo npm start[\s\S]*--runtime simulated/)
  checkUser({ ...docker, runtime: 'simulated' }, 1000)
  checkUser(docker, 0)
})

it('a cluster of another user, as one that was started by sudo, is named', () => {
  const own = mkdtempSync(join(tmpdir(), 'windlass-owner-'))
  const owner = process.getuid!()
  expect(() => checkUser({ runtime: 'simulated', dataDir: own }, owner + 1)).toThrow(
    `${own} belongs to user ${owner}; start as that user, or name another --data-dir`,
  )
  checkUser({ runtime: 'simulated', dataDir: own }, owner)
})

import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { rotateHeldLog } from '../../../shared/platform/rotating-log.ts'

it('a file that another program holds open is emptied, and what was in it kept so often', () => {
  const folder = mkdtempSync(join(tmpdir(), 'windlass-log-'))
  const path = join(folder, 'dockerd.log')
  const held = openSync(path, 'a')
  for (let round = 0; round < 5; round++) {
    writeSync(held, `round ${round} ${'x'.repeat(100)}\n`)
    rotateHeldLog({ path, maxBytes: 100 })
  }
  writeSync(held, 'last\n')
  rotateHeldLog({ path, maxBytes: 100 })
  closeSync(held)
  expect(readdirSync(folder).sort()).toEqual(['dockerd.log', 'dockerd.log.1', 'dockerd.log.2'])
  expect(readFileSync(path, 'utf8')).toBe('last\n')
  expect(readFileSync(`${path}.1`, 'utf8')).toContain('round 4')
  expect(readFileSync(`${path}.2`, 'utf8')).toContain('round 3')
  rmSync(folder, { recursive: true })
})

import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { terminationMessage } from '../../../agent/pod-worker/termination-message.ts'

describe('the termination message', () => {
  let dir: string
  let path: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'windlass-message-'))
    path = join(dir, '0')
  })
  afterEach(() => rm(dir, { recursive: true }))
  const message = () => terminationMessage({} as never, undefined, { terminationMessageFile: path, exitCode: 1 } as never)

  it.each([0, 1, 4095, 4096, 4097, 1_000_000])('is the last 4096 bytes of a file of %s', async (size) => {
    const text = Array.from({ length: size }, (_, index) => String.fromCharCode(97 + (index % 26))).join('')
    await writeFile(path, text)
    expect(await message()).toBe(text.slice(-4096))
  })

  it('is empty when the file is not there', async () => {
    expect(await message()).toBe('')
  })

  it('is nothing of what a link leads to', async () => {
    await symlink('/etc/hostname', path)
    await expect(message()).rejects.toThrow('ELOOP')
  })

  it('does not wait for a pipe', async () => {
    execFileSync('mkfifo', [path])
    expect(await message()).toBe('')
  })
})

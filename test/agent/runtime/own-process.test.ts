import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkOwnProcess } from '../../../agent/runtime/docker/own-process.ts'

const id = 'f7ce0a7a6f3d0cb1a8a3c5f8f9b1c0d2e3f4a5b6c7d8e9f0a1b2c3d4e5f60718'
let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'windlass-proc-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const check = (groups: string | undefined) => {
  mkdirSync(join(root, '77'))
  if (groups !== undefined) writeFileSync(join(root, '77', 'cgroup'), groups)
  return checkOwnProcess('/proc/77/ns/net', id, root)
}

it.each([
  `0::/system.slice/docker-${id}.scope\n`,
  `12:pids:/docker/${id}\n11:memory:/docker/${id}\n`,
  `0::/ecs/0123/${id}\n`,
  `0::/../${id}\n`,
])('takes a process for the container’s whose control group says so: %j', (groups) => check(groups))

it.each(['0::/init.scope\n', '0::/user.slice/user-1000.slice/session-2.scope\n', undefined])(
  'refuses a process of the machine that the engine in a virtual machine means another by: %j',
  async (groups) => {
    await expect(check(groups)).rejects.toThrow(
      'process 77 of this machine is not of container f7ce0a7a6f3d, though the Docker engine says so: it runs in a virtual machine, or counts processes of its own',
    )
  },
)

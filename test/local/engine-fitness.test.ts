import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findEngine } from '../../local/engine.ts'
import { whyUnfit } from '../../local/engine-fitness.ts'

const fit = {
  OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  OSType: 'linux',
  KernelVersion: '6.1.0',
  SecurityOptions: ['name=seccomp,profile=default', 'name=cgroupns'],
}

it.each([
  ['the machine’s own', {}, undefined],
  ['one that says little', { SecurityOptions: undefined, KernelVersion: undefined }, undefined],
  ['Docker Desktop’s', { OperatingSystem: 'Docker Desktop', KernelVersion: '6.6.12-linuxkit' }, /it is Docker Desktop's/],
  ['Docker Desktop’s in WSL, on the same kernel', { OperatingSystem: 'Docker Desktop' }, /it is Docker Desktop's/],
  ['a rootless one', { SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless', 'name=cgroupns'] }, /it is rootless/],
  ['one that maps users', { SecurityOptions: ['name=userns'] }, /it maps users to others/],
  [
    'one in a virtual machine',
    { KernelVersion: '6.8.0-colima' },
    /another kernel \(6\.8\.0-colima\) than this machine \(6\.1\.0\)/,
  ],
  ['one of Windows containers', { OSType: 'windows' }, /its containers are of windows/],
])('%s is taken, or refused in a sentence', (_what, difference, why) => {
  const found = whyUnfit({ ...fit, ...difference } as Parameters<typeof whyUnfit>[0], '6.1.0')
  if (why === undefined) expect(found).toBeUndefined()
  else expect(found).toMatch(why)
})

it('an engine in a virtual machine is refused before anything is made on it, with what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'windlass-engine-'))
  const socket = join(folder, 'docker.sock')
  const asked: string[] = []
  const engine = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.end(JSON.stringify(request.url === '/info' ? { ...fit, OperatingSystem: 'Docker Desktop' } : { Version: '27.0.0' }))
  })
  await new Promise<void>((resolve) => engine.listen(socket, resolve))
  const options = { logFile: join(folder, 'log'), tell: () => undefined, environment: { DOCKER_HOST: `unix://${socket}` } }
  await expect(findEngine(options)).rejects.toThrow(
    /can not be used: it is Docker Desktop's[\s\S]*npm start -- --runtime simulated/,
  )
  expect(asked).toEqual(['GET /version', 'GET /info'])
  engine.close()
  rmSync(folder, { recursive: true })
})

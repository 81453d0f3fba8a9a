import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makePrivateDirectory } from '../../../agent/files/private-directory.ts'
import { startAgentCluster, startSimulatedNode } from '../environment.ts'

it.each([undefined, 0o755, 0o777])('closes the agent’s folder to all others, if it was there with mode %s too', async (mode) => {
  const dir = await mkdtemp(join(tmpdir(), 'windlass-private-'))
  const path = join(dir, 'node')
  if (mode !== undefined) {
    await mkdir(path)
    await chmod(path, mode)
  }
  await makePrivateDirectory(path)
  expect((await stat(path)).mode & 0o7777).toBe(0o700)
  await rm(dir, { recursive: true })
})

it('is what an agent does before it writes anything', async () => {
  const cluster = await startAgentCluster()
  await chmod(cluster.dataDir, 0o755)
  const node = await startSimulatedNode(cluster)
  expect((await stat(cluster.dataDir)).mode & 0o7777).toBe(0o700)
  await node.stop()
  await cluster.stop()
})

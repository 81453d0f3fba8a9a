import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster, repository, titled, whyNoContainers } from './cluster.ts'

const why = whyNoContainers()

describe.skipIf(why !== undefined)(titled('npm run example -- shop', why), () => {
  // Long enough for the primary to move, too short for pods to: what takes minutes is left to who walks himself.
  const cluster = new Cluster({ runtime: 'docker', nodes: 3, flags: ['--agent-restart-seconds', '15'] })

  beforeAll(() => cluster.start())
  afterAll(() => cluster.dispose())

  const walk = (): Promise<{ code: number | null; output: string }> => {
    const child = spawn('npm', ['run', 'example', '--silent', '--', 'shop'], {
      cwd: repository,
      env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk
      })
    }
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })))
  }

  it('loses no acknowledged order when each of three nodes is lost', async () => {
    const { code, output } = await walk()
    expect(code, output).toBe(0)
    expect(output.match(/# windlass-\d loses its power/g)).toHaveLength(3)
    const [, acknowledged, stored] = /(\d+) orders were acknowledged, (\d+) are stored/.exec(output) ?? []
    expect(Number(acknowledged)).toBeGreaterThan(100)
    expect(stored).toBe(acknowledged)
    expect(output).toContain('All as expected.')
  }, 900_000)

  it('leaves no container and no folder of a volume', async () => {
    expect(await cluster.kubectl.ok('get', 'persistentvolumes', '--no-headers')).toBe('')
    const folders = readdirSync(join(cluster.dataDir, 'nodes')).map((node) => join(cluster.dataDir, 'nodes', node, 'volumes'))
    expect(folders.filter(existsSync).flatMap((folder) => readdirSync(folder))).toEqual([])
    const containers = execFileSync('docker', ['ps', '-a', '--format', '{{.Label "windlass.dev/pod-namespace"}}'], {
      encoding: 'utf8',
    })
    expect(containers).not.toContain('shop')
  })
})

import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster, repository, titled, whyNoContainers } from './cluster.ts'

const why = whyNoContainers()

describe.skipIf(why !== undefined)(titled('npm run example', why), () => {
  const cluster = new Cluster({ runtime: 'docker' })

  beforeAll(() => cluster.start())
  afterAll(() => cluster.dispose())

  const example = () => {
    const child = spawn('npm', ['run', 'example', '--silent'], {
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
    return new Promise<{ code: number | null; output: string }>((resolve) =>
      child.once('close', (code) => resolve({ code, output })),
    )
  }

  it('walks through the chapter from start to end', async () => {
    const { code, output } = await example()
    expect(code, output).toBe(0)
    for (const shown of [
      /\$ kubectl apply -f examples\/orders\/manifests\n/,
      /deployment "orders-service" successfully rolled out/,
      /"version":"1\.0","pod":"orders-service-/,
      /REVISION +CHANGE-CAUSE/,
      /"failed":0/,
      /ErrImagePull|ImagePullBackOff/,
      /All as expected/,
    ]) {
      expect(output).toMatch(shown)
    }
  })

  it('can be walked again', async () => {
    const { code, output } = await example()
    expect(code, output).toBe(0)
  })
})

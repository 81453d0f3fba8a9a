import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { nodeRuntime } from '../../infra/node-runtime.ts'

it('gives nodes the Node.js that the project runs on', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    dependencies: { node: string }
  }
  for (const { url, sha512 } of Object.values(nodeRuntime)) {
    expect(url).toContain(`-${dependencies.node}.tgz`)
    expect(sha512).toMatch(/^[0-9a-f]{128}$/)
  }
})

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildGoProgram, inModuleCache } from '../../../../oracle/go-program.ts'

const { path, missing } = inModuleCache('k8s.io/api@v0.35.4')
/** Undefined: the oracle can be asked. */
export const missingOracle = missing

/** How upstream's own library prints pod templates before it hashes them. */
export const upstreamDumps = (templates: readonly unknown[]): string[] => {
  const read = (file: string) => readFileSync(join(path, file), 'utf8')
  const needs = `${read('go.mod').replace(/^module .*$/m, 'module oracle')}\nrequire k8s.io/api v0.35.4\n`
  const program = buildGoProgram({ main: new URL('./main.go', import.meta.url), needs, sums: read('go.sum') })
  try {
    const input = templates.map((template) => `${JSON.stringify(template)}\n`).join('')
    const { stdout, stderr, status } = spawnSync(program.path, { input, encoding: 'utf8', maxBuffer: 2 ** 30 })
    if (status !== 0) throw new Error(stderr)
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  } finally {
    program.remove()
  }
}

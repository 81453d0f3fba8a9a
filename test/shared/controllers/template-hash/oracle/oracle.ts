import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const env = { ...process.env, PATH: [process.env.PATH, '/usr/local/go/bin'].join(delimiter) }

const findModule = (): { path: string } | string => {
  try {
    const cache = execFileSync('go', ['env', 'GOMODCACHE'], { env, encoding: 'utf8' }).trim()
    const path = join(cache, 'k8s.io/api@v0.35.4')
    return existsSync(path) ? { path } : `no ${path}`
  } catch {
    return 'no Go'
  }
}

const found = findModule()
/** Undefined: the oracle can be asked. */
export const missingOracle: string | undefined = typeof found === 'string' ? found : undefined

/** How upstream's own library prints pod templates before it hashes them. Some seconds, the first time a minute. */
export const upstreamDumps = (templates: readonly unknown[]): string[] => {
  if (typeof found === 'string') throw new Error(found)
  const folder = mkdtempSync(join(tmpdir(), 'windlass-template-oracle-'))
  try {
    copyFileSync(new URL('./main.go', import.meta.url), join(folder, 'main.go'))
    const needs = readFileSync(join(found.path, 'go.mod'), 'utf8').replace(/^module .*$/m, 'module oracle')
    writeFileSync(join(folder, 'go.mod'), `${needs}\nrequire k8s.io/api v0.35.4\n`)
    copyFileSync(join(found.path, 'go.sum'), join(folder, 'go.sum'))
    const offline = { ...env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOSUMDB: 'off' }
    execFileSync('go', ['build', '-o', 'oracle', '.'], { cwd: folder, env: offline })
    const input = templates.map((template) => `${JSON.stringify(template)}\n`).join('')
    const { stdout, stderr, status } = spawnSync(join(folder, 'oracle'), { input, encoding: 'utf8', maxBuffer: 2 ** 30 })
    if (status !== 0) throw new Error(stderr)
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

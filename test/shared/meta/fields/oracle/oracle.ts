import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'

/** The library that upstream merges by, in Go. */
export interface Oracle {
  ask<T>(question: Readonly<Record<string, unknown>>): Promise<T>
  stop(): void
}

const env = { ...process.env, PATH: [process.env.PATH, '/usr/local/go/bin'].join(delimiter) }

/** Where Go and the modules are that the oracle is made of; a text says what is missing. */
const findModules = (): { machinery: string; schema: string } | string => {
  try {
    const cache = execFileSync('go', ['env', 'GOMODCACHE'], { env, encoding: 'utf8' }).trim()
    const machinery = join(cache, 'k8s.io/apimachinery@v0.35.4')
    const schema = join(cache, 'k8s.io/client-go@v0.35.4/applyconfigurations/internal/internal.go')
    for (const path of [machinery, schema]) if (!existsSync(path)) return `no ${path}`
    return { machinery, schema }
  } catch {
    return 'no Go'
  }
}

const found = findModules()
/** Undefined: the oracle can be asked. */
export const missingOracle: string | undefined = typeof found === 'string' ? found : undefined

/** Takes a minute the first time. */
export const startOracle = (): Oracle => {
  if (typeof found === 'string') throw new Error(found)
  const folder = mkdtempSync(join(tmpdir(), 'windlass-oracle-'))
  copyFileSync(new URL('./main.go', import.meta.url), join(folder, 'main.go'))
  // Its modules' versions are known to be there together.
  for (const file of ['go.mod', 'go.sum']) execFileSync('cp', ['--no-preserve=mode', join(found.machinery, file), folder])
  const offline = { ...env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOSUMDB: 'off' }
  execFileSync('go', ['build', '-o', 'oracle', '.'], { cwd: folder, env: offline })
  const child: ChildProcess = spawn(join(folder, 'oracle'), [found.schema], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting: ((line: string) => void)[] = []
  createInterface({ input: child.stdout! }).on('line', (line) => waiting.shift()!(line))
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        child.once('error', reject)
        waiting.push((line) => {
          child.off('error', reject)
          resolve(JSON.parse(line))
        })
        child.stdin!.write(`${JSON.stringify(question)}\n`)
      }),
    stop: () => {
      child.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'

/** What upstream's library of schedules says. */
export interface Oracle {
  ask(question: { schedule: string; afterMs: number; count: number }): Promise<{ error?: string; times: number[] }>
  stop(): void
}

const env = { ...process.env, PATH: [process.env.PATH, '/usr/local/go/bin'].join(delimiter) }

const missing = (): string | undefined => {
  try {
    const cache = execFileSync('go', ['env', 'GOMODCACHE'], { env, encoding: 'utf8' }).trim()
    const path = join(cache, 'github.com/robfig/cron/v3@v3.0.1')
    return existsSync(path) ? undefined : `no ${path}`
  } catch {
    return 'no Go'
  }
}

/** Undefined: the oracle can be asked. */
export const missingOracle: string | undefined = missing()

export const startOracle = (): Oracle => {
  const folder = mkdtempSync(join(tmpdir(), 'windlass-cron-oracle-'))
  copyFileSync(new URL('./main.go', import.meta.url), join(folder, 'main.go'))
  writeFileSync(join(folder, 'go.mod'), 'module oracle\n\ngo 1.21\n\nrequire github.com/robfig/cron/v3 v3.0.1\n')
  const offline = { ...env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOSUMDB: 'off' }
  execFileSync('go', ['build', '-o', 'oracle', '.'], { cwd: folder, env: offline })
  const child: ChildProcess = spawn(join(folder, 'oracle'), [], { stdio: ['pipe', 'pipe', 'inherit'] })
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

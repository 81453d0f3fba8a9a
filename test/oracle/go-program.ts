import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'

const env = { ...process.env, PATH: [process.env.PATH, '/usr/local/go/bin'].join(delimiter) }

/** Where a part of Go's module cache is, by its path there; `missing`: why it is not. */
export const inModuleCache = (part: string): { readonly path: string; readonly missing?: string } => {
  try {
    const cache = execFileSync('go', ['env', 'GOMODCACHE'], { env, encoding: 'utf8' }).trim()
    const path = join(cache, part)
    return existsSync(path) ? { path } : { path, missing: `no ${path}` }
  } catch {
    return { path: part, missing: 'no Go' }
  }
}

export interface GoSources {
  readonly main: URL
  /** the text of go.mod */
  readonly needs: string
  /** the text of go.sum; undefined: it is made of what is in the cache */
  readonly sums?: string | undefined
}

/** A program that is built of the module cache alone, in a folder that `remove` takes away. Some seconds; the first time some minutes. */
export const buildGoProgram = ({ main, needs, sums }: GoSources): { readonly path: string; remove(): void } => {
  const folder = mkdtempSync(join(tmpdir(), 'windlass-oracle-'))
  copyFileSync(main, join(folder, 'main.go'))
  writeFileSync(join(folder, 'go.mod'), needs)
  if (sums !== undefined) writeFileSync(join(folder, 'go.sum'), sums)
  const offline = { ...env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOSUMDB: 'off' }
  execFileSync('go', ['build', '-o', 'oracle', '.'], { cwd: folder, env: offline })
  return { path: join(folder, 'oracle'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export interface GoProgram {
  /** A line of JSON, answered by the next line that it writes. */
  ask<T>(question: object): Promise<T>
  stop(): void
}

export const startGoProgram = (sources: GoSources, args: readonly string[] = []): GoProgram => {
  const program = buildGoProgram(sources)
  const child: ChildProcess = spawn(program.path, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting: ((line: string) => void)[] = []
  createInterface({ input: child.stdout! }).on('line', (line) => waiting.shift()!(line))
  return {
    ask: <T>(question: object) =>
      new Promise<T>((resolve, reject) => {
        child.once('error', reject)
        waiting.push((line) => {
          child.off('error', reject)
          resolve(JSON.parse(line))
        })
        child.stdin!.write(`${JSON.stringify(question)}\n`)
      }),
    stop: () => {
      child.kill()
      program.remove()
    },
  }
}

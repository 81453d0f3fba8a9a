import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { CelSchema } from '../../../../shared/cel/schema/schema.ts'
import type { Answer } from '../world.ts'

/** A schema with rules, and a value with what it was before. */
export interface RuleQuestion {
  readonly schema: CelSchema
  readonly value?: unknown
  readonly old?: unknown
}

export interface RuleAnswers {
  readonly rules: readonly {
    readonly maxCost: string
    readonly cardinality: string
    readonly error?: string
    readonly usesOldSelf: boolean
    readonly messageError?: string
    readonly messageCost: string
  }[]
  readonly errors?: readonly string[]
}

/** What upstream's API server makes of an expression. */
export interface Oracle {
  ask(expression: string): Promise<Answer>
  askRules(question: RuleQuestion): Promise<RuleAnswers>
  stop(): void
}

const env = { ...process.env, PATH: [process.env.PATH, '/usr/local/go/bin'].join(delimiter) }

/** The module whose versions of all that is needed are known to be there together; a text says what is missing. */
const findModule = (): { path: string } | string => {
  try {
    const cache = execFileSync('go', ['env', 'GOMODCACHE'], { env, encoding: 'utf8' }).trim()
    const path = join(cache, 'k8s.io/apiextensions-apiserver@v0.35.4')
    return existsSync(path) ? { path } : `no ${path}`
  } catch {
    return 'no Go'
  }
}

const found = findModule()
/** Undefined: the oracle can be asked. */
export const missingOracle: string | undefined = typeof found === 'string' ? found : undefined

/** Takes some minutes the first time. */
export const startOracle = (): Oracle => {
  if (typeof found === 'string') throw new Error(found)
  const folder = mkdtempSync(join(tmpdir(), 'windlass-cel-oracle-'))
  copyFileSync(new URL('./main.go', import.meta.url), join(folder, 'main.go'))
  // All that the module needs, and the module.
  const needs = readFileSync(join(found.path, 'go.mod'), 'utf8').replace(/^module .*$/m, 'module oracle')
  writeFileSync(join(folder, 'go.mod'), `${needs}\nrequire k8s.io/apiextensions-apiserver v0.35.4\n`)
  writeFileSync(join(folder, 'go.sum'), readFileSync(join(found.path, 'go.sum')))
  const offline = { ...env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOSUMDB: 'off' }
  execFileSync('go', ['build', '-o', 'oracle', '.'], { cwd: folder, env: offline })
  const child: ChildProcess = spawn(join(folder, 'oracle'), [], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting: ((line: string) => void)[] = []
  createInterface({ input: child.stdout! }).on('line', (line) => waiting.shift()!(line))
  const ask = <T>(question: object): Promise<T> =>
    new Promise((resolve, reject) => {
      child.once('error', reject)
      waiting.push((line) => {
        child.off('error', reject)
        resolve(JSON.parse(line))
      })
      child.stdin!.write(`${JSON.stringify(question)}\n`)
    })
  return {
    ask: (expression) => ask({ expression }),
    askRules: ask,
    stop: () => {
      child.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

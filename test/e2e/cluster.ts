import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../fakes/free-port.ts'
import { eventually, Kubectl } from './kubectl.ts'

export const repository = fileURLToPath(new URL('../..', import.meta.url))

export interface ClusterOptions {
  readonly runtime: 'docker' | 'simulated'
  readonly nodes?: number
  readonly flags?: readonly string[]
  /** beside what this process has */
  readonly environment?: Readonly<Record<string, string>>
}

/** A cluster as a user starts it: `npm start`, in a folder of its own. */
export class Cluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'windlass-e2e-'))
  readonly dataDir = join(this.folder, 'data')
  readonly kubeconfig = join(this.folder, 'kubeconfig')
  readonly kubectl = new Kubectl(this.kubeconfig)
  readonly #options: ClusterOptions
  #port = 0
  #process: ChildProcess | undefined
  #output = ''

  constructor(options: ClusterOptions) {
    this.#options = options
  }

  /** What `npm start` has printed since the last start. */
  get output(): string {
    return this.#output
  }

  get port(): number {
    return this.#port
  }

  /** Resolves when it says that the cluster is up, or `until`. One that is up already, as when a test is tried again, ends first. */
  async start({ until = 'The cluster is up' } = {}): Promise<void> {
    await this.interrupt()
    this.#port ||= await freePort()
    const { runtime, nodes = 1, flags = [] } = this.#options
    this.#output = ''
    const child = this.#npm('start', ['--runtime', runtime, '--nodes', String(nodes), '--port', String(this.#port), ...flags])
    this.#process = child
    await eventually('npm start', {
      ask: () => this.#output,
      wanted: (output) => output.includes(until) || child.exitCode !== null,
      seconds: 90,
    })
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}: ${this.#output}`)
  }

  /** What another `npm start` with the same flags says and ends with. */
  async secondStart(): Promise<{ code: number | null; output: string }> {
    const before = this.#output
    const child = this.#npm('start', ['--runtime', this.#options.runtime, '--port', String(await freePort())])
    const code = await ended(child)
    const output = this.#output.slice(before.length)
    return { code, output }
  }

  /** Ctrl-C, as the terminal sends it: to the whole process group. Resolves when no process of it is left. */
  async interrupt(): Promise<void> {
    const child = this.#process
    if (child === undefined) return
    const pids = [child.pid!, ...descendants(child.pid!), ...this.#agents().map(({ pid }) => pid)]
    signal(-child.pid!, 'SIGINT')
    this.#process = undefined
    await eventually('the end after Ctrl-C', {
      ask: () => pids.filter(isAlive),
      wanted: (alive) => alive.length === 0,
      seconds: 60,
    })
  }

  /** kill -9 of the whole server at once: its first process and API workers, on request with the nodes' agents. */
  async kill({ agents = false } = {}): Promise<void> {
    const child = this.#process!
    const spared = new Set(agents ? [] : this.#agents().map(({ pid }) => pid))
    const pids = [...descendants(child.pid!), child.pid!, ...this.#agents().map(({ pid }) => pid)]
    for (const pid of pids) if (!spared.has(pid)) signal(pid, 'SIGKILL')
    this.#process = undefined
    await ended(child)
  }

  /** Process of a node's agent. */
  agentPid(node: string): number {
    const agent = this.#agents().find(({ nodeName }) => nodeName === node)
    if (agent === undefined) throw new Error(`no agent process of ${node}`)
    return agent.pid
  }

  /** Every process of it, the programs that they run too. */
  pids(): number[] {
    const agents = this.#agents().map(({ pid }) => pid)
    const first = this.#process?.pid
    return [
      ...new Set([
        ...(first === undefined ? [] : [first, ...descendants(first)]),
        ...agents.flatMap((pid) => [pid, ...descendants(pid)]),
      ]),
    ]
  }

  /** Proportional set size of each of its processes that runs Node.js. */
  memory(): { name: string; pid: number; mebibytes: number }[] {
    return descendants(this.#process!.pid!).flatMap((pid) => {
      const script = readProc(String(pid), 'cmdline')
        .split('\0')
        .find((argument) => /\.m?[jt]s$/.test(argument))
      if (script === undefined) return []
      const kibibytes = Number(/^Pss: +(\d+)/m.exec(readProc(String(pid), 'smaps_rollup'))?.[1] ?? 0)
      return [{ name: relative(repository, script), pid, mebibytes: kibibytes / 1024 }]
    })
  }

  async reset(): Promise<{ code: number | null; output: string }> {
    const before = this.#output
    const code = await ended(this.#npm('run', [], 'reset'))
    return { code, output: this.#output.slice(before.length) }
  }

  /** Takes away whatever is left, also after a failed test. */
  async dispose(): Promise<void> {
    this.kubectl.close()
    await this.interrupt()
    if (existsSync(this.dataDir)) await this.reset()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Those of an earlier, killed server too. */
  #agents(): { pid: number; nodeName: string }[] {
    return agentProcesses().filter(({ dataDir }) => dataDir.startsWith(`${this.dataDir}/`))
  }

  #npm(command: string, flags: readonly string[], script?: string): ChildProcess {
    const always = ['--data-dir', this.dataDir, ...(script === undefined ? ['--kubeconfig', this.kubeconfig] : [])]
    const child = spawn('npm', [command, ...(script === undefined ? [] : [script]), '--silent', '--', ...always, ...flags], {
      cwd: repository,
      env: { ...process.env, ...this.#options.environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output += chunk
      })
    }
    return child
  }
}

/** Why there can be no real containers here; undefined when there can. */
export function whyNoContainers(): string | undefined {
  if (process.getuid?.() !== 0) return 'real containers take root'
  if (!answers('kubectl', ['version', '--client'])) return 'there is no kubectl'
  if (!answers('nft', ['--version'])) return 'there is no nft'
  if (!answers('docker', ['version']) && !existsSync('/usr/sbin/dockerd') && !existsSync('/usr/bin/dockerd'))
    return 'there is no Docker engine'
  return undefined
}

export function whyNoKubectl(): string | undefined {
  return answers('kubectl', ['version', '--client']) ? undefined : 'there is no kubectl'
}

/** The title of a suite, with why it is skipped. */
export const titled = (title: string, why: string | undefined) => (why === undefined ? title : `${title} (skipped: ${why})`)

function answers(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode)
    else child.once('exit', resolve)
  })
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function isAlive(pid: number): boolean {
  const state = readProc(String(pid), 'stat').split(') ').pop()?.[0]
  return state !== undefined && state !== 'Z'
}

function descendants(root: number): number[] {
  const children = new Map<number, number[]>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const parent = Number(readProc(entry, 'stat').split(') ').pop()?.split(' ')[1])
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)])
  }
  const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)])
  return below(root)
}

function agentProcesses(): { pid: number; nodeName: string; dataDir: string }[] {
  return readdirSync('/proc').flatMap((entry) => {
    const [, program, nodeName, dataDir] = readProc(entry, 'cmdline').split('\0')
    if (!program?.endsWith('/agent/main.ts') || !nodeName || !dataDir) return []
    return [{ pid: Number(entry), nodeName, dataDir }]
  })
}

/** Empty when the process has just gone. */
function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { AgentConfiguration } from '../agent/configuration.ts'
import { isCode, isRunning, markedPid, processMark } from '../shared/platform/process-mark.ts'
import { LockedError } from './machine-lock.ts'

/** A node agent that runs on this machine, as its file in the folder of notes says: one file a node, as JSON. */
export interface RunningAgent {
  readonly nodeName: string
  /** of the cluster */
  readonly dataDir: string
  /** of its process */
  readonly mark: string
  /** hash of what it was told at start */
  readonly configuration: string
  readonly startedAtMs: number
}

/** Pods go on without a server, and so do the agents of a server that was killed: what stands here outlives it. */
const defaultFolder = '/run/windlass-agents'
const source = ['agent', 'shared'].map((name) => fileURLToPath(new URL(`../${name}`, import.meta.url)))

export const openRunningAgents = (dataDir: string, folder = defaultFolder) => ({
  /** Throws LockedError when agents of another cluster run, whose server was killed: they hold this machine's addresses. */
  refuseOthers: (): void => {
    const other = read(folder).find((agent) => agent.dataDir !== dataDir)
    if (!other) return
    throw new LockedError(
      `pods of the cluster in ${other.dataDir} still run, though its server was killed; start that one again, or remove it: npm run reset -- --data-dir ${other.dataDir}`,
    )
  },
  note: (pid: number, configuration: AgentConfiguration): void => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const agent: RunningAgent = {
      nodeName: configuration.nodeName,
      dataDir,
      mark: processMark(pid),
      configuration: hashOf(configuration),
      startedAtMs: Date.now(),
    }
    const draft = join(folder, `.${agent.nodeName}`)
    writeFileSync(draft, JSON.stringify(agent))
    renameSync(draft, join(folder, agent.nodeName))
  },
  forget: (nodeName: string): void => remove(folder, nodeName),
  /** The agents of this cluster that can be kept: told what they would be told now, and no older than the source. The others are ended. */
  keep: async (configurations: readonly AgentConfiguration[]): Promise<RunningAgent[]> => {
    const agents = read(folder)
    if (agents.length === 0) return []
    const wanted = new Map(configurations.map((configuration) => [configuration.nodeName, hashOf(configuration)]))
    const changedAtMs = Math.max(...source.map(lastChangeMs))
    const kept = agents.filter((agent) => wanted.get(agent.nodeName) === agent.configuration && agent.startedAtMs > changedAtMs)
    await endAll(
      folder,
      agents.filter((agent) => !kept.includes(agent)),
    )
    return kept
  },
  /** Ends every agent of this cluster. */
  end: (): Promise<void> =>
    endAll(
      folder,
      read(folder).filter((agent) => agent.dataDir === dataDir),
    ),
})

export type RunningAgents = ReturnType<typeof openRunningAgents>

/** Asks a process to end, and kills it after 10 s. Resolves when it is gone. */
export const endProcess = async (mark: string): Promise<void> => {
  const killAt = Date.now() + 10_000
  let asked = false
  while (isRunning(mark)) {
    if (!asked || Date.now() > killAt) tell(markedPid(mark), asked ? 'SIGKILL' : 'SIGTERM')
    asked = true
    await sleep(20)
  }
}

/** It may have ended in between. */
const tell = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!isCode(error, 'ESRCH')) throw error
  }
}

const endAll = async (folder: string, agents: readonly RunningAgent[]): Promise<void> => {
  await Promise.all(
    agents.map(async ({ nodeName, mark }) => {
      await endProcess(mark)
      remove(folder, nodeName)
    }),
  )
}

/** The folder goes with the last. */
const remove = (folder: string, nodeName: string): void => {
  rmSync(join(folder, nodeName), { force: true })
  try {
    rmdirSync(folder)
  } catch (error) {
    if (!isCode(error, 'ENOTEMPTY') && !isCode(error, 'ENOENT')) throw error
  }
}

const hashOf = (configuration: AgentConfiguration): string =>
  createHash('sha256').update(JSON.stringify(configuration)).digest('hex')

/** Of those that live; notes of others are taken away. */
const read = (folder: string): RunningAgent[] =>
  filesOf(folder).flatMap((name) => {
    const agent = JSON.parse(readFileSync(join(folder, name), 'utf8')) as RunningAgent
    if (isRunning(agent.mark)) return [agent]
    remove(folder, name)
    return []
  })

const filesOf = (folder: string): string[] => {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'))
  } catch (error) {
    if (isCode(error, 'ENOENT')) return []
    throw error
  }
}

const lastChangeMs = (folder: string): number =>
  Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true }).map(
      ({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs,
    ),
  )

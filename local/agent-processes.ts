import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { AgentConfiguration } from '../agent/configuration.ts'
import type { Logger } from '../shared/platform/log.ts'
import { isRunning, processMark } from '../shared/platform/process-mark.ts'
import { rotateHeldLog } from '../shared/platform/rotating-log.ts'
import { endProcess, type RunningAgent, type RunningAgents } from './running-agents.ts'

export interface AgentProcesses {
  start(configuration: AgentConfiguration, logFile: string): void
  /** Asks every agent to end and waits for it; one that does not end within 10 s is killed. Containers keep running. */
  stop(): Promise<void>
}

interface AgentProcess {
  /** undefined when it could not be started */
  readonly mark: string | undefined
  readonly startedAtMs: number
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** Of what the user's shell has, an agent and the programs that it runs get no more. */
const passedOn = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'NODE_COMPILE_CACHE']

const agentEnvironment = (own: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(passedOn.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])))

const program = fileURLToPath(new URL('../agent/main.ts', import.meta.url))
const firstBackoffMs = 1000
const longestBackoffMs = 30_000

/**
 * Agents that crash are started again with back-off. One that was killed (SIGKILL: by an operator, or for want of memory) stays away as
 * long as a machine that restarts would, `killedRestartMs`. Those that a killed server has left, `kept`, are taken over as they run.
 */
export const superviseAgents = (options: {
  killedRestartMs: number
  running: RunningAgents
  kept: readonly RunningAgent[]
  log: Logger
}): AgentProcesses => {
  const { killedRestartMs, running, kept, log } = options
  const processes = new Map<string, AgentProcess>()
  const waiting = new Set<NodeJS.Timeout>()
  let stopping = false

  const follow = async (agent: AgentProcess, configuration: AgentConfiguration, logFile: string, backoffMs: number) => {
    const { nodeName } = configuration
    processes.set(nodeName, agent)
    const { code, signal } = await agent.ended
    processes.delete(nodeName)
    running.forget(nodeName)
    if (stopping) return
    const steady = Date.now() - agent.startedAtMs > longestBackoffMs
    const next = steady ? firstBackoffMs : Math.min(backoffMs * 2, longestBackoffMs)
    const delayMs = signal === 'SIGKILL' ? killedRestartMs : next
    log.warn('agent ended', { node: nodeName, code, signal, restartInMs: delayMs })
    const timer = setTimeout(() => {
      waiting.delete(timer)
      void follow(spawnAgent({ configuration, logFile, running, log }), configuration, logFile, next)
    }, delayMs)
    waiting.add(timer)
  }

  return {
    start: (configuration, logFile) => {
      const left = kept.find(({ nodeName }) => nodeName === configuration.nodeName)
      const agent = left ? adoptAgent(left) : spawnAgent({ configuration, logFile, running, log })
      void follow(agent, configuration, logFile, firstBackoffMs)
    },
    stop: async () => {
      stopping = true
      for (const timer of waiting) clearTimeout(timer)
      await Promise.all(
        [...processes.values()].map(async ({ mark, ended }) => {
          if (mark !== undefined) await endProcess(mark)
          await ended
        }),
      )
    },
  }
}

const spawnAgent = (options: {
  configuration: AgentConfiguration
  logFile: string
  running: RunningAgents
  log: Logger
}): AgentProcess => {
  const { configuration, logFile, running, log } = options
  // what the agent could not log itself: it ends by an error, or Node.js does
  const errors = `${logFile.replace(/\.log$/, '')}.err`
  rotateHeldLog({ path: errors })
  const output = openSync(errors, 'a', 0o600)
  const simulated = configuration.runtime === 'simulated'
  const child = spawn(process.execPath, [program, configuration.nodeName, configuration.dataDir], {
    env: agentEnvironment(process.env),
    // Real pods go on without a server, and their agent with them; simulated ones end when the channel does.
    stdio: ['pipe', output, output, ...(simulated ? (['ipc'] as const) : [])],
    // Ctrl-C in the terminal reaches the whole process group; the agents' end is ours to say.
    detached: true,
  })
  closeSync(output)
  // It holds keys: others can read a process's environment and arguments, not what it was told once.
  child.stdin?.on('error', (error) => log.error('agent was not told what it is', { node: configuration.nodeName, error }))
  child.stdin?.end(JSON.stringify({ ...configuration, logFile }))
  const { pid } = child
  if (pid !== undefined && !simulated) running.note(pid, configuration)
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal }))
    child.on('error', (error) => {
      log.error('agent can not be started', { node: configuration.nodeName, error })
      if (pid === undefined) resolve({ code: null, signal: null })
    })
  })
  return { mark: pid === undefined ? undefined : processMark(pid), startedAtMs: Date.now(), ended }
}

/** Not our child: how it ends can't be known, only that it did. */
const adoptAgent = ({ mark, startedAtMs }: RunningAgent): AgentProcess => {
  const ended = async () => {
    while (isRunning(mark)) await sleep(500)
    return { code: null, signal: null }
  }
  return { mark, startedAtMs, ended: ended() }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { AgentConfiguration } from '../agent/configuration.ts'
import type { Logger } from '../shared/platform/log.ts'

export interface AgentProcesses {
  start(configuration: AgentConfiguration, logFile: string): void
  /** Asks every agent to end and waits for it; one that does not end within 10 s is killed. Containers keep running. */
  stop(): Promise<void>
}

const program = fileURLToPath(new URL('../agent/main.ts', import.meta.url))
const firstBackoffMs = 1000
const longestBackoffMs = 30_000

/**
 * Agents that crash are started again with back-off. One that was killed (SIGKILL: by an operator, or for want of memory) stays away as
 * long as a machine that restarts would, `killedRestartMs`.
 */
export const superviseAgents = (options: { killedRestartMs: number; log: Logger }): AgentProcesses => {
  const running = new Map<string, ChildProcess>()
  const waiting = new Set<NodeJS.Timeout>()
  let stopping = false

  const start = (configuration: AgentConfiguration, logFile: string, backoffMs = firstBackoffMs) => {
    const log = openSync(logFile, 'a')
    const startedAt = Date.now()
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, WINDLASS_AGENT: JSON.stringify(configuration) },
      stdio: ['ignore', log, log, 'ipc'],
      // Ctrl-C in the terminal reaches the whole process group; the agents' end is ours to say.
      detached: true,
    })
    running.set(configuration.nodeName, child)
    child.on('error', (error) => options.log.error('agent can not be started', { node: configuration.nodeName, error }))
    child.on('exit', (code, signal) => {
      running.delete(configuration.nodeName)
      if (stopping) return
      const steady = Date.now() - startedAt > longestBackoffMs
      const next = steady ? firstBackoffMs : Math.min(backoffMs * 2, longestBackoffMs)
      const delayMs = signal === 'SIGKILL' ? options.killedRestartMs : next
      options.log.warn('agent ended', { node: configuration.nodeName, code, signal, restartInMs: delayMs })
      const timer = setTimeout(() => {
        waiting.delete(timer)
        start(configuration, logFile, next)
      }, delayMs)
      waiting.add(timer)
    })
  }

  const stop = async () => {
    stopping = true
    for (const timer of waiting) clearTimeout(timer)
    await Promise.all([...running.values()].map(end))
  }
  return { start, stop }
}

const end = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
    child.on('exit', () => {
      clearTimeout(late)
      resolve()
    })
    child.kill('SIGTERM')
  })

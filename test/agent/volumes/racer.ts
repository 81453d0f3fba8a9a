import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A process that runs `step` over and over, as fast as it can, as a container would that attacks its node. */
export const startRacer = async (step: string): Promise<{ stop(): Promise<void> }> => {
  const script = `
    const fs = require('node:fs')
    const attempt = (work) => { try { work() } catch {} }
    process.stdout.write('ready')
    const turn = () => { for (let i = 0; i < 50; i++) { ${step} } setImmediate(turn) }
    turn()`
  const racer: ChildProcess = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(racer.stdout!, 'data')
  return {
    stop: async () => {
      const ended = once(racer, 'exit')
      racer.kill('SIGKILL')
      await ended
    },
  }
}

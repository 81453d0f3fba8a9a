import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '../../fakes/free-port.ts'
import { missingPackage, programOf } from '../../programs/python-package.ts'

/** It changes weekly: what was tried is this one. */
const emulator = { name: 'ministack', version: '1.5.33' }

/** Installs the emulator once a machine. Answers why it can't be had; undefined: it is there. */
export const missingEmulator = (): string | undefined => missingPackage(emulator)

export interface Emulator {
  readonly url: string
  /** what it wrote, for whom something failed */
  output(): string
  stop(): Promise<void>
}

/** DynamoDB, SQS, Secrets Manager, IAM, S3 and CloudFormation in memory, on the loopback interface only. */
export const startEmulator = async (): Promise<Emulator> => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const lines: string[] = []
  const child = spawn(programOf(emulator), [], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      GATEWAY_PORT: String(port),
      MINISTACK_HOST: '127.0.0.1',
      // Else it listens on every interface.
      BIND_HOST: '127.0.0.1',
      IOT_MTLS_ENABLED: '0',
      DOCKER_HOST: 'unix:///nonexistent',
      LOG_LEVEL: 'WARNING',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      lines.push(chunk.toString())
      if (lines.length > 1000) lines.splice(0, 500)
    })
  }
  const ended = once(child, 'exit')
  const output = () => lines.join('')
  for (;;) {
    if (child.exitCode !== null) throw new Error(`ministack ended: ${output()}`)
    const healthy = await fetch(`${url}/_ministack/health`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (healthy) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return {
    url,
    output,
    stop: async () => {
      process.off('exit', kill)
      kill()
      await ended
    },
  }
}

import { type ChildProcess, fork } from 'node:child_process'
import type { History } from './history.ts'

/** Clients in a process of their own. It answers each message with the history it made; one that ends instead is an error. */
export class ClientProcess {
  readonly #child: ChildProcess

  constructor(module: URL, args: readonly string[] = []) {
    this.#child = fork(module, [...args])
  }

  run(job: object): Promise<History> {
    const child = this.#child
    return new Promise((resolve, reject) => {
      const ended = (code: number | null, signal: string | null) =>
        reject(new Error(`a process of clients ended with ${code ?? signal}`))
      child.once('exit', ended)
      child.once('message', (history: History) => {
        child.off('exit', ended)
        resolve(history)
      })
      child.send(job)
    })
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
}

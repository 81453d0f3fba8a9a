import { type ChildProcess, fork } from 'node:child_process'
import type { History } from './history.ts'

type Answer = { readonly history: History } | { readonly name: string; readonly message: string }

/** In the process itself: answers each job with the history it comes to, or with how it failed. */
export const answerJobs = <Job>(run: (job: Job) => Promise<History>): void => {
  process.on('message', (job: Job) => {
    const answer = (message: Answer) => process.send?.(message)
    run(job).then(
      (history) => answer({ history }),
      (error: Error) => answer({ name: error.name, message: error.stack ?? error.message }),
    )
  })
}

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
      child.once('message', (answer: Answer) => {
        child.off('exit', ended)
        if ('history' in answer) resolve(answer.history)
        else reject(Object.assign(new Error(answer.message), { name: answer.name }))
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

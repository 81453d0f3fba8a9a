import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Attempt {
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  readonly port: number
  readonly times: number
  /** source address, of the peer's machine; default: as the kernel chooses */
  readonly from?: string | undefined
  /** UDP: from the same port as before, as a long-lived client does */
  readonly samePort?: boolean | undefined
}

export type Outcome = { server: string; client: string } | { error: string }

/** A process in a network namespace that answers connections with its name and makes some itself. */
export interface Peer {
  readonly name: string
  call(attempt: Omit<Attempt, 'times' | 'protocol'> & Partial<Attempt>): Promise<Outcome[]>
  /** Opens a TCP connection and keeps it. */
  hold(target: { address: string; port: number }): Promise<void>
  /** Sends over the connection that is held and gives what comes back. */
  echo(text: string): Promise<string>
  stop(): Promise<void>
}

const program = fileURLToPath(new URL('./peer-process.ts', import.meta.url))

export const startPeer = async (options: { netns: string; name: string; ports?: readonly number[] }): Promise<Peer> => {
  const { netns, name, ports = [] } = options
  const child = spawn('nsenter', [`--net=${netns}`, process.execPath, program, name, ...ports.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  await lines.next()
  const tell = async (order: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(order)}\n`)
    const { value } = await lines.next()
    return JSON.parse(value as string)
  }
  return {
    name,
    call: async (attempt) => (await tell({ times: 1, protocol: 'tcp', ...attempt })) as Outcome[],
    hold: async (hold) => {
      await tell({ hold })
    },
    echo: async (echo) => (await tell({ echo })) as string,
    stop: async () => {
      child.stdin.end()
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

/** Names of the servers that answered, sorted, each once; an attempt that failed shows as its error. */
export const answeredBy = (outcomes: readonly Outcome[]) =>
  [...new Set(outcomes.map((outcome) => ('error' in outcome ? outcome.error : outcome.server)))].sort()

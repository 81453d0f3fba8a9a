import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const scripts = fileURLToPath(new URL('../../../shared/tools/peers', import.meta.url))
const built = process.env.PEERS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'windlass-tools')

/** Where a program of the peers' lies, once it has been built. */
export const peerProgram = (name: string): string => join(built, 'bin', name)

/** Why there can't be a peer here; undefined: there can. */
export const whyNoPeer = (programs: readonly string[] = []): string | undefined =>
  existsSync(scripts) && ['kube-apiserver', 'etcd', ...programs].every((name) => existsSync(peerProgram(name)))
    ? undefined
    : `${['kube-apiserver', 'etcd', ...programs].join(', ')} have not been built`

export interface Peer {
  /** of an administrator */
  readonly kubeconfig: string
  readonly pids: readonly number[]
  stop(): Promise<void>
}

/** A real kube-apiserver over an etcd, with empty data, on loopback. `instance` names its files; two of one name do not run side by side. */
export const startPeer = async (instance: string): Promise<Peer> => {
  const { stdout } = await run(join(scripts, 'start-peer.sh'), [instance], { env: { ...process.env, WITH: '' } })
  const kubeconfig = /^kubeconfig (.+)$/m.exec(stdout)?.[1]
  if (kubeconfig === undefined) throw new Error(`no kubeconfig in what start-peer.sh printed: ${stdout}`)
  return {
    kubeconfig,
    pids: [...stdout.matchAll(/^pid \S+ (\d+)$/gm)].map(([, pid]) => Number(pid)),
    stop: async () => {
      await run(join(scripts, 'stop-peer.sh'), [instance])
    },
  }
}

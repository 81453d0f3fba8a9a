import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { measureRequests } from './requests.ts'
import type { Scenario } from './scenario.ts'

const run = promisify(execFile)
const scripts = fileURLToPath(new URL('../../shared/tools/peers', import.meta.url))
const built = process.env.PEERS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'windlass-tools')
const instance = 'bench'

/** kube-apiserver over etcd on the same machine, when its tools have been built. */
export const peer: Scenario = {
  title: 'The same requests to kube-apiserver and etcd',
  skipped: () =>
    ['kube-apiserver', 'etcd'].every((name) => existsSync(join(built, 'bin', name))) && existsSync(scripts)
      ? undefined
      : 'kube-apiserver and etcd have not been built',
  async run(report) {
    const { stdout } = await run(join(scripts, 'start-peer.sh'), [instance], { env: { ...process.env, WITH: '' } })
    try {
      const kubeconfig = /^kubeconfig (.+)$/m.exec(stdout)?.[1]
      if (kubeconfig === undefined) throw new Error(`no kubeconfig in what start-peer.sh printed: ${stdout}`)
      await measureRequests(kubeconfig, report)
    } finally {
      await run(join(scripts, 'stop-peer.sh'), [instance])
    }
  },
}

import { join } from 'node:path'
import { removeHost } from '../agent/network/host.ts'
import { unmountBelow } from '../agent/volumes/mount.ts'
import { removeContainers } from './containers.ts'
import { readRecord, removeDataDirectory } from './data-directory.ts'
import { findEngine, stopEngine } from './engine.ts'
import { explain } from './explain.ts'
import { removeFromKubeconfig } from './kubeconfig.ts'
import { takeLock, takeMachineLock } from './machine-lock.ts'
import { parseOptions, usage } from './options.ts'
import { openRunningAgents } from './running-agents.ts'
import { checkUser } from './user.ts'

/** `npm run reset`: takes away everything a cluster made, on the engine, in the network, on disk and in the kubeconfig. */
const reset = async (): Promise<void> => {
  const options = parseOptions(process.argv.slice(2))
  if (options === 'help') return console.log(usage)
  const record = await readRecord(options.dataDir)
  if (!record) return console.log(`there is no cluster in ${options.dataDir}`)
  checkUser({ runtime: record.runtime, dataDir: options.dataDir })
  const release = takeLock(join(options.dataDir, 'lock'), `the cluster in ${options.dataDir}`)
  try {
    if (record.runtime === 'docker') await resetMachine(options.dataDir, record.enginePid)
    // Volumes in memory, and parts of others that containers saw, outlive their agent: that of an earlier start too.
    if (process.platform === 'linux') await unmountBelow(options.dataDir)
    if (record.kubeconfig) await removeFromKubeconfig(record.kubeconfig, 'windlass', record)
    await removeDataDirectory(options.dataDir)
    console.log(`removed ${options.dataDir}`)
  } finally {
    release()
  }
}

/** The engine is started when it does not run: what it keeps of stopped containers can't be removed without it. */
const resetMachine = async (dataDir: string, enginePid: number | undefined): Promise<void> => {
  const release = takeMachineLock()
  try {
    await openRunningAgents(dataDir).end()
    const engine = await findEngine({ logFile: join(dataDir, 'logs', 'dockerd.log'), tell: console.log })
    const removed = await removeContainers(engine.socket, dataDir)
    console.log(`removed ${removed} containers`)
    await removeHost()
    console.log('removed the network')
    const started = engine.pid ?? enginePid
    if (started !== undefined) stopEngine(started)
  } finally {
    release()
  }
}

try {
  await reset()
} catch (error) {
  console.error(`\n${explain(error)}`)
  process.exit(1)
}

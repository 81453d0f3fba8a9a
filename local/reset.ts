import { join } from 'node:path'
import { removeHost } from '../agent/network/host.ts'
import { unmountBelow } from '../agent/volumes/mount.ts'
import { podRange, serviceRange } from './addresses.ts'
import { removeContainers } from './containers.ts'
import { readRecord, removeDataDirectory } from './data-directory.ts'
import { engineSocket, stopEngine } from './engine.ts'
import { explain } from './explain.ts'
import { removeFromKubeconfig } from './kubeconfig.ts'
import { takeLock } from './machine-lock.ts'
import { parseOptions, usage } from './options.ts'

/** `npm run reset`: takes away everything a cluster made, on the engine, in the network, on disk and in the kubeconfig. */
const reset = async (): Promise<void> => {
  const options = parseOptions(process.argv.slice(2))
  if (options === 'help') return console.log(usage)
  const record = await readRecord(options.dataDir)
  if (!record) return console.log(`there is no cluster in ${options.dataDir}`)
  const release = takeLock(join(options.dataDir, 'lock'), `the cluster in ${options.dataDir}`)
  try {
    if (record.runtime === 'docker') {
      const removed = await removeContainers(engineSocket())
      console.log(`removed ${removed} containers`)
      await removeHost({ podRange, serviceRange })
      console.log('removed the network')
      // Volumes in memory outlive their agent.
      await unmountBelow(options.dataDir)
      if (record.enginePid !== undefined) stopEngine(record.enginePid)
    }
    if (record.kubeconfig) await removeFromKubeconfig(record.kubeconfig, 'windlass', record.server)
    await removeDataDirectory(options.dataDir)
    console.log(`removed ${options.dataDir}`)
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

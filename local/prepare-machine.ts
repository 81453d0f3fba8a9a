import { join } from 'node:path'
import { prepareHost, removeHost } from '../agent/network/host.ts'
import { apiAddress, podRange, serviceRange } from './addresses.ts'
import { type ClusterRecord, type DataDirectory, writeRecord } from './data-directory.ts'
import { type Engine, findEngine, stopEngine } from './engine.ts'
import { takeMachineLock } from './machine-lock.ts'
import type { LocalOptions } from './options.ts'
import type { Progress } from './progress.ts'
import { openRunningAgents } from './running-agents.ts'

/** Engine and guards first: no packet for our ranges may leave the machine, whatever starts later. */
export const prepareMachine = async (options: {
  local: LocalOptions
  directory: DataDirectory
  record: ClusterRecord
  progress: Progress
  undo: (() => Promise<void> | void)[]
}): Promise<Engine> => {
  const { local, directory, record, progress, undo } = options
  undo.push(takeMachineLock())
  openRunningAgents(local.dataDir).refuseOthers()
  const engine = await findEngine({ logFile: join(directory.logs, 'dockerd.log'), tell: progress.note })
  const enginePid = engine.pid ?? record.enginePid
  if (enginePid !== undefined) undo.push(() => stopEngine(enginePid))
  if (engine.pid !== undefined) await writeRecord(local.dataDir, { ...record, enginePid: engine.pid })
  await prepareHost({ podRange, serviceRange, apiAddress })
  undo.push(() => removeHost({ podRange, serviceRange }))
  progress.done(`Docker engine ${engine.version}`)
  return engine
}

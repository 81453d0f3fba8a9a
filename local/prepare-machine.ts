import { join } from 'node:path'
import { createRun } from '../agent/network/command.ts'
import { readForwarding } from '../agent/network/forwarding.ts'
import { prepareHost, removeHost } from '../agent/network/host.ts'
import type { AddressPlan } from './addresses.ts'
import { type ClusterRecord, type DataDirectory, updateRecord } from './data-directory.ts'
import { type Engine, findEngine, stopEngine } from './engine.ts'
import { takeMachineLock } from './machine-lock.ts'
import type { LocalOptions } from './options.ts'
import type { Progress } from './progress.ts'
import { openRunningAgents } from './running-agents.ts'

/** Engine and guards first: no packet for our ranges may leave the machine, whatever starts later. */
export const prepareMachine = async (options: {
  local: LocalOptions
  plan: AddressPlan
  directory: DataDirectory
  record: ClusterRecord
  progress: Progress
  undo: (() => Promise<void> | void)[]
}): Promise<Engine> => {
  const { local, plan, directory, record, progress, undo } = options
  undo.push(takeMachineLock())
  openRunningAgents(local.dataDir).refuseOthers()
  const found = await readForwarding(createRun())
  const engine = await findEngine({ logFile: join(directory.logs, 'dockerd.log'), tell: progress.note })
  const enginePid = engine.pid ?? record.enginePid
  if (enginePid !== undefined) undo.push(() => stopEngine(enginePid))
  if (engine.pid !== undefined) await updateRecord(local.dataDir, { enginePid: engine.pid })
  await prepareHost({ ...plan, expose: local.expose, found, tell: progress.note })
  undo.push(() => removeHost())
  progress.done(`Docker engine ${engine.version}`)
  return engine
}

import cluster from 'node:cluster'
import type { ChangeNotifier } from '../shared/storage/change-signal.ts'

interface RevisionMessage {
  readonly revision: number
}

const isRevision = (message: unknown): message is RevisionMessage =>
  typeof message === 'object' && message !== null && typeof (message as RevisionMessage).revision === 'number'

/** The other end is going; who waits there looks by itself too. */
const lost = () => undefined

/** Between the processes that share a store: the first process passes on what any of them says. */
export const createChangeRelay = (): ChangeNotifier => {
  const listeners = new Set<(revision: number) => void>()
  const tellListeners = (revision: number) => {
    for (const listener of listeners) listener(revision)
  }
  const tellWorkers = (message: RevisionMessage, except?: number) => {
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker && worker.id !== except && worker.isConnected()) worker.send(message, lost)
    }
  }
  if (cluster.isPrimary) {
    cluster.on('message', (worker, message: unknown) => {
      if (!isRevision(message)) return
      tellWorkers(message, worker.id)
      tellListeners(message.revision)
    })
  } else {
    process.on('message', (message: unknown) => {
      if (isRevision(message)) tellListeners(message.revision)
    })
  }
  return {
    publish: (revision) => {
      if (cluster.isPrimary) tellWorkers({ revision })
      else if (process.connected) process.send?.({ revision }, undefined, undefined, lost)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

import { join } from 'node:path'
import { installLastHandler } from '../shared/platform/last-handler.ts'
import type { Logger } from '../shared/platform/log.ts'
import { type AddressPlan, addressPlan, clusterDomain } from './addresses.ts'
import { superviseAgents } from './agent-processes.ts'
import { type ApiProcess, type AuditSettings, openApiProcess } from './api-process.ts'
import { startApiWorkers } from './api-workers.ts'
import { loadAuditPolicy } from './audit-policy.ts'
import { chosenRanges } from './chosen-ranges.ts'
import { stopContainers } from './containers.ts'
import { startControlPlane } from './control-plane.ts'
import {
  type ClusterRecord,
  DataDirectoryError,
  newRecord,
  openDataDirectory,
  updateRecord,
  writeRecord,
} from './data-directory.ts'
import { startHeldLogRotation } from './held-logs.ts'
import { serve } from './http-server.ts'
import { addToKubeconfig, setBackContext, userKubeconfig } from './kubeconfig.ts'
import { takeLock } from './machine-lock.ts'
import { agentConfigurations } from './nodes.ts'
import { nodesReady } from './nodes-ready.ts'
import type { LocalOptions } from './options.ts'
import { openPki, type Pki } from './pki.ts'
import { prepareMachine } from './prepare-machine.ts'
import type { Progress } from './progress.ts'
import { openRunningAgents } from './running-agents.ts'

export interface Cluster {
  readonly runtime: LocalOptions['runtime']
  /** how kubectl is to be called: with the file it must be told of, if any */
  readonly kubectl: string
  /** Ends everything the start began, pods' containers included; objects stay, and the next start resumes them. */
  stop(): Promise<void>
}

const contextName = 'windlass'

export interface StartOptions {
  readonly progress: Progress
  readonly createLog: (file: string) => Logger
  /** gives the start up, with its reason */
  readonly signal: AbortSignal
}

/** Brings a cluster up. What was begun is undone when a later step fails, or the start is given up. */
export const startCluster = async (local: LocalOptions, { progress, createLog, signal }: StartOptions): Promise<Cluster> => {
  const undo: (() => Promise<void> | void)[] = []
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) {
      try {
        await step()
      } catch (error) {
        progress.note(`while stopping: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
  try {
    const { directory, record: known } = await openDataDirectory(local.dataDir)
    undo.push(takeLock(join(local.dataDir, 'lock'), `the cluster in ${local.dataDir}`))
    if (known && known.runtime !== local.runtime) {
      throw new DataDirectoryError(
        `the cluster in ${local.dataDir} was made with --runtime ${known.runtime}; start it so, or name another --data-dir`,
      )
    }
    const audit: AuditSettings = {
      policy: local.auditPolicyFile === undefined ? undefined : await loadAuditPolicy(local.auditPolicyFile, progress.note),
      path: local.auditLogPath,
    }
    const plan = addressPlan(chosenRanges(local, known))
    if (local.runtime === 'docker' && local.nodes > plan.nodes)
      throw new DataDirectoryError(`--pod-cidr ${plan.podRange} has addresses for ${plan.nodes} nodes, not for ${local.nodes}`)
    const log = createLog(join(directory.logs, 'server.log'))
    undo.push(startHeldLogRotation(directory.logs, log))
    const pki = await openPki(directory.pki)
    const server = `https://127.0.0.1:${local.port}`
    const kubeconfig = local.kubeconfig ?? userKubeconfig()
    const record: ClusterRecord = {
      ...(known ?? newRecord({ ...local, server, kubeconfig })),
      runtime: local.runtime,
      nodes: local.nodes,
      server,
      kubeconfig,
      podCidr: plan.podRange,
      serviceCidr: plan.serviceRange,
    }
    await writeRecord(local.dataDir, record)

    const engine =
      local.runtime === 'docker' ? await prepareMachine({ local, plan, directory, record, progress, undo }) : undefined
    signal.throwIfAborted()
    const api = await openApiProcess({
      directory,
      pki,
      ranges: plan,
      allowExternalIPs: local.allowExternalIPs,
      maxRequestsInFlight: local.maxRequestsInFlight,
      audit,
      role: 'owner',
      log,
    })
    undo.push(() => api.close())
    await listen({ local, plan, pki, api, audit, logs: directory.logs, log, undo })
    progress.done(`API server at ${server}`)

    const plane = await startControlPlane({
      api,
      plan,
      authority: pki.authority,
      extensions: { reach: api.reach, frontProxy: api.frontProxy, lookAgainMs: 30_000 },
      port: local.port,
      log,
    })
    undo.push(() => plane.stop())
    const previousContext = await writeKubeconfig({ pki, server, file: kubeconfig, dataDir: local.dataDir, progress })
    const context = previousContext ?? record.previousContext
    if (previousContext !== undefined) await updateRecord(local.dataDir, { previousContext })
    if (context !== undefined) undo.push(() => setBackContext(kubeconfig, contextName, context))

    if (engine) undo.push(() => stopContainers(engine.socket, local.dataDir))
    const dockerSocket = engine?.socket ?? ''
    signal.throwIfAborted()
    const configurations = await agentConfigurations({ local, plan, directory, pki, server, dockerSocket })
    const running = openRunningAgents(local.dataDir)
    const kept = engine ? await running.keep(configurations) : []
    const agents = superviseAgents({ killedRestartMs: local.agentRestartSeconds * 1000, running, kept, log })
    undo.push(() => agents.stop())
    const sinceMs = Date.now()
    for (const each of configurations) agents.start(each, join(directory.logs, `${each.nodeName}.log`))
    const alive = new Set(kept.map(({ nodeName }) => nodeName))
    await nodesReady({ heartbeats: api.heartbeats, client: plane.client, wanted: local.nodes, alive, sinceMs, progress, signal })
    const end = (error: unknown) => {
      log.error('the server failed', { error })
      process.exit(1)
    }
    undo.push(installLastHandler({ process, log, end }))
    return { runtime: local.runtime, kubectl: local.kubeconfig ? `kubectl --kubeconfig ${kubeconfig}` : 'kubectl', stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const listen = async (options: {
  local: LocalOptions
  plan: AddressPlan
  pki: Pki
  api: ApiProcess
  audit: AuditSettings
  logs: string
  log: Logger
  undo: (() => Promise<void> | void)[]
}) => {
  const { local, plan, pki, api, audit, logs, log, undo } = options
  const serving = await pki.certificate('apiserver', {
    name: 'kube-apiserver',
    usage: 'server',
    dnsNames: [
      'localhost',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      `kubernetes.default.svc.${clusterDomain}`,
    ],
    addresses: ['127.0.0.1', plan.apiServiceAddress, plan.apiAddress],
  })
  const configuration = {
    port: local.port,
    hosts: local.runtime === 'docker' ? ['127.0.0.1', plan.apiAddress] : ['127.0.0.1'],
    tls: { cert: serving.certificate, key: serving.key, ca: pki.authority.certificate },
  }
  const listener =
    local.workers === 1
      ? await serve({ handle: api.handle, ...configuration, log })
      : await startApiWorkers({
          count: local.workers,
          configuration: {
            ...configuration,
            dataDir: local.dataDir,
            ranges: { podRange: plan.podRange, serviceRange: plan.serviceRange },
            allowExternalIPs: local.allowExternalIPs,
            maxRequestsInFlight: local.maxRequestsInFlight,
            audit,
          },
          logs,
          log,
        })
  undo.push(() => listener.close())
}

/** Which context was the current one, if it was another. */
const writeKubeconfig = async (options: { pki: Pki; server: string; file: string; dataDir: string; progress: Progress }) => {
  const { pki, server, file, dataDir, progress } = options
  const admin = await pki.certificate('admin', { name: 'kubernetes-admin', groups: ['system:masters'], usage: 'client' })
  const entry = {
    name: contextName,
    server,
    certificateAuthority: pki.authority.certificate,
    clientCertificate: admin.certificate,
    clientKey: admin.key,
  }
  await addToKubeconfig(join(dataDir, 'kubeconfig'), entry)
  try {
    const previous = await addToKubeconfig(file, entry)
    progress.done(`context "${contextName}" in ${file}`)
    return previous
  } catch (error) {
    progress.note(
      `${error instanceof Error ? error.message : String(error)}; use: export KUBECONFIG=${join(dataDir, 'kubeconfig')}`,
    )
    return undefined
  }
}

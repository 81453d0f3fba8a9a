import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStsTokens } from '../../agent/instance/sts-token.ts'
import { listPrices } from '../../infra/cost.ts'
import { createAuthority, issue } from '../../shared/identity/certificates.ts'
import { systemClock } from '../../shared/platform/clock.ts'
import { FakeEcs, type TaskRunner } from '../fakes/fake-ecs.ts'
import { type DeployedFunction, deploy, type Synthesized } from './deploy/deployment.ts'
import { Edge, type Principal } from './edge/edge.ts'
import { Meter } from './edge/meter.ts'
import type { AwsCall, AwsRequest } from './edge/request.ts'
import type { Identity } from './edge/sts.ts'
import { TaggedResources } from './edge/tagged.ts'
import { account, jsonCall, region } from './emulator/call.ts'
import { startEmulator } from './emulator/ministack.ts'
import { startTables } from './emulator/tables.ts'
import { Gateway, type GatewayLimits } from './gateway/gateway.ts'
import { billedMs, dollarsOfFunction } from './lambda/billed.ts'
import { EventBus } from './lambda/event-bus.ts'
import { type FunctionUse, LambdaHost } from './lambda/host.ts'
import type { MappingsOptions } from './lambda/mapping.ts'
import { EventSourceMappings } from './lambda/mappings.ts'
import { harnessAddress } from './node/world.ts'
import { startPerson } from './person.ts'

export interface AwsClusterOptions {
  readonly synthesized: Synthesized
  /** runs tasks' containers; @default tasks only seem to run */
  readonly runner?: TaskRunner
  readonly limits?: Partial<GatewayLimits>
  readonly disturb?: MappingsOptions['disturb']
  /** how often the clock strikes, which it does each minute on AWS; @default 5 s */
  readonly clockEveryMs?: number
  readonly onUse?: (use: FunctionUse) => void
}

/** The account that test templates are for: whoever holds its role `Admin` may do everything in the cluster. */
export const adminRoleArn = `arn:aws:iam::${account}:role/Admin`

/** The three stacks in an AWS of our own, and what a person needs to talk to the cluster. */
export const startAwsCluster = async (options: AwsClusterOptions) => {
  const emulator = await startEmulator()
  const { url } = emulator
  const deployment = await deploy(url, options.synthesized).catch(async (error: unknown) => {
    await emulator.stop()
    throw error
  })
  const tables = await startTables(url).catch(async (error: unknown) => {
    await emulator.stop()
    throw error
  })
  const { functions, statements, physicalIds } = deployment
  const clusterName = [...physicalIds].find(([id]) => id.startsWith('MachinesCluster'))?.[1] ?? ''
  const taskRole = [...physicalIds].find(([id]) => id.startsWith('MachinesPodTaskRole'))?.[1] ?? ''
  const { SecretList } = await jsonCall<{ SecretList: { Name: string; ARN: string }[] }>(url, 'secretsmanager.ListSecrets')

  const meter = new Meter()
  const tagged = new TaggedResources()
  const logs: { fn: DeployedFunction; line: string }[] = []
  const ecs: FakeEcs = new FakeEcs({
    scope: `arn:aws:ecs:${region}:${account}`,
    cluster: clusterName,
    onEvent: (event) => bus.put(event),
    ...(options.runner && { runner: options.runner }),
  })
  const admin = identityOf('Admin', 'alice')
  const instances: Principal[] = []
  const edge = await Edge.start({
    url,
    tablesUrl: tables.url,
    principals: () => [
      ...functions.map(({ name, roleName }) => ({
        ...identityOf(roleName, name),
        name,
        statements: statements.get(roleName) ?? [],
      })),
      ...instances,
    ],
    people: [admin],
    known: {
      taskRoleArn: `arn:aws:iam::${account}:role/${taskRole}`,
      secretArn: (name) =>
        SecretList.find(({ Name }) => Name === name)?.ARN ?? `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`,
      groupArn: (name) => `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:0:autoScalingGroupName/${name}`,
      tagsOf: (id) => tagged.of(id),
      groupOf: () => [...physicalIds].find(([id]) => id.startsWith('GroupInstances'))?.[1],
    },
    meter,
    onAnswer: (call, answer) => tagged.remember(call, answer),
    played: {
      ecs: async (call) => playEcs(ecs, call),
      lambda: async (_call, { method, path, body }: AwsRequest) => mappings.answer(method, path.split('/').at(-1) ?? '', body),
    },
  })
  /** What instance metadata and the runtime give whoever acts for a role. */
  const credentialsOf = ({ accessKeyId, secretAccessKey }: Identity) => ({
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL: edge.url,
  })
  const through = (environment: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, value.replaceAll(url, edge.url)]))
  const host = new LambdaHost({
    functions: functions.map((fn) => ({ ...fn, environment: through(fn.environment) })),
    environmentOf: ({ name, roleName }) => ({ ...credentialsOf(identityOf(roleName, name)), AWS_ENDPOINT_URL_STS: edge.url }),
    onLog: (fn, line) => logs.push({ fn, line }),
    onUse: (use) => {
      options.onUse?.(use)
      const { fn } = use
      const milliseconds = billedMs(use)
      meter.add({ service: 'Lambda', what: fn.description, by: fn.name, count: 1, dollars: dollarsOfFunction(use), milliseconds })
    },
  })
  const bus = new EventBus({ url, host, rules: deployment.rules })
  const mappings = new EventSourceMappings({
    url,
    tables,
    host,
    mappings: deployment.mappings,
    ...(options.disturb && { disturb: options.disturb }),
    onPoll: (arn, count) => {
      const price = arn.endsWith('.fifo') ? listPrices.fifoQueueRequest : listPrices.standardQueueRequest
      meter.add({ service: 'SQS', what: 'polls that found something', by: 'Lambda', count, dollars: count * price })
    },
  })
  // An hour later each time: no two strikes are the same, and what is due follows from the minute.
  let hour = Math.floor(Date.now() / 3_600_000)
  const strike = ({ fullHour = false } = {}) => bus.tick(++hour * 3_600_000 + (fullHour ? 0 : 60_000))
  const striking = setInterval(() => void strike(), options.clockEveryMs ?? 5000)
  const authority = await createAuthority('certificates of AWS')
  const { key, certificate } = await issue(authority, {
    name: 'gateway',
    addresses: ['127.0.0.1', harnessAddress],
    usage: 'server',
  })
  const [apiFunction] = functions.filter(({ environment }) => 'WINDLASS_ACCESS_ENTRIES' in environment)
  if (!apiFunction) throw new Error('no function answers the API')
  const gateway = await Gateway.start({
    host,
    fn: host.functionOf(apiFunction.arn),
    apiId: deployment.apiId,
    stage: deployment.stage,
    tls: { key, cert: certificate },
    ...(options.limits && { limits: options.limits }),
    onRequest: (bytes) => {
      const count = Math.max(1, Math.ceil(bytes / 10_485_760))
      meter.add({ service: 'API Gateway', what: 'requests', by: 'clients', count, dollars: count * listPrices.apiRequest })
    },
  })

  const folder = mkdtempSync(join(tmpdir(), 'windlass-aws-'))
  const tokens = createStsTokens({ audience: 'windlass', region, credentials: async () => admin, clock: systemClock })
  const { url: server } = gateway
  const person = await startPerson({ folder, server, certificateAuthority: authority.certificate, token: tokens })

  return {
    deployment,
    emulator,
    edge,
    ecs,
    bus,
    host,
    gateway,
    meter,
    logs,
    kubeconfig: person.kubeconfig,
    folder,
    certificateAuthority: authority.certificate,
    token: tokens,
    functionOf: (purpose: string) => {
      const found = deployment.functions.find(({ description }) => description.includes(purpose))
      if (!found) throw new Error(`no function "${purpose}"`)
      return host.functionOf(found.arn)
    },
    /** An instance of the nodes' group: who it is for AWS, and its agent's environment. */
    addInstance: (instanceId: string) => {
      const identity = identityOf(deployment.instanceRoleName, instanceId)
      instances.push({ ...identity, name: instanceId, statements: statements.get(deployment.instanceRoleName) ?? [] })
      return {
        containerInstanceArn: ecs.addInstance(instanceId, { cpu: 4096, memory: 16_384 }),
        identity,
        environment: { ...through(deployment.agentEnvironment), ...credentialsOf(identity), WINDLASS_SERVER: gateway.url },
      }
    },
    /** The clock strikes, at the full hour when everything is to be done that is done now and then. */
    tick: (options: { fullHour?: boolean } = {}) => strike(options),
    stop: async () => {
      person.stop()
      clearInterval(striking)
      await gateway.close()
      host.close()
      await Promise.all([mappings.close(), bus.close()])
      await edge.close()
      await Promise.all([emulator.stop(), tables.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type AwsCluster = Awaited<ReturnType<typeof startAwsCluster>>

const playEcs = async (ecs: FakeEcs, { action, input }: AwsCall) => {
  try {
    return { status: 200, body: await ecs.call(action, input) }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { status: error.name === 'ServerException' ? 500 : 400, body: { __type: error.name, message: error.message } }
  }
}

/** A session of a role, with keys that follow from its name. */
const identityOf = (roleName: string, session: string): Identity => {
  const digest = createHash('sha256').update(`${roleName}/${session}`).digest('hex')
  return {
    accessKeyId: `ASIA${digest.slice(0, 16).toUpperCase()}`,
    secretAccessKey: digest,
    arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${session}`,
    userId: `AROA${digest.slice(16, 32).toUpperCase()}:${session}`,
  }
}

import { once } from 'node:events'
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { variableNames } from '../functions/wiring/variables.ts'
import { functionTable } from '../infra/constructs/function-table.ts'
import { FunctionProcess } from '../test/aws/lambda/process.ts'
import { DynamoDbLocal, hasJava } from '../test/fakes/dynamodb-local.ts'
import { resourcesOf, synthesize } from '../test/infra/synthesized.ts'
import { median, type Scenario } from './scenario.ts'

const rounds = 7
const { memoryMiB } = functionTable.api
/** Of a processor, once it has started: 1,769 MB are a whole one. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const share = memoryMiB / 1769
const cgroup = '/sys/fs/cgroup/cpu/windlass-cold-start'

/** A process starts with a whole processor and answers with its share of one, as in Lambda. */
export const coldStart: Scenario = {
  title: `A cold start of the API function's bundle (${memoryMiB} MiB: ${share.toFixed(2)} of a processor once it has started; medians of ${rounds})`,
  skipped: () => (hasJava ? undefined : 'DynamoDB Local needs Java'),
  async run(report) {
    const { directory, templates } = synthesize()
    const dynamoDb = await DynamoDbLocal.start()
    const secrets = await startSecrets()
    const limited = limitProcessor()
    try {
      const table = await dynamoDb.newTable()
      const measured: Awaited<ReturnType<typeof startOnce>>[] = []
      // The first makes what a cluster has from its first day on.
      for (let round = 0; round <= rounds; round++) {
        const one = await startOnce(
          assetOf(directory, templates.controlPlane),
          environment({ dynamoDb: dynamoDb.endpoint, secrets: secrets.endpoint, table }),
        )
        if (round > 0) measured.push(one)
      }
      const of = (what: keyof (typeof measured)[number]) => median(measured.map((one) => one[what]))
      report({ what: 'start', value: of('startMs'), unit: 'ms' })
      report({
        what: `first answer${limited ? '' : ', with a whole processor (no control group can be made)'}`,
        value: of('answerMs'),
        unit: 'ms',
      })
      report({ what: 'both', value: median(measured.map(({ startMs, answerMs }) => startMs + answerMs)), unit: 'ms' })
      report({ what: 'processor time of both', value: of('cpuMs'), unit: 'ms' })
    } finally {
      if (limited) rmdirSync(cgroup)
      secrets.stop()
      await dynamoDb.stop()
      rmSync(directory, { recursive: true })
    }
  },
}

const startOnce = async (directory: string, environment: Readonly<Record<string, string>>) => {
  const log: string[] = []
  const process = new FunctionProcess((line) => log.push(line))
  const start = performance.now()
  try {
    await process.start({
      name: 'api',
      directory,
      handler: 'index.handler',
      memoryMiB,
      environment,
    })
    const started = performance.now()
    limit(process.pid!)
    const { body } = await process.invoke(event, Date.now() + 30_000)
    let text = ''
    for await (const part of body) text += String(part)
    if (!text.includes('gitVersion')) throw new Error(`the function answered ${text}: ${log.join('\n')}`)
    return { startMs: started - start, answerMs: performance.now() - started, cpuMs: process.cpuMs() }
  } finally {
    process.kill()
    while (!process.ended) await setImmediate()
  }
}

const assetOf = (directory: string, template: Parameters<typeof resourcesOf>[0]): string => {
  const functions = resourcesOf(template, 'AWS::Lambda::Function')
  const [, { Properties }] = functions.find(([, one]) => one.Properties.Description === `Windlass: ${functionTable.api.purpose}`)!
  const { S3Key } = Properties.Code as { S3Key: string }
  return join(directory, `asset.${S3Key.replace('.zip', '')}`)
}

/** Secrets Manager, as far as the key of a cluster goes. */
const startSecrets = async () => {
  const document = JSON.stringify({ version: 1, seed: 'x'.repeat(64) })
  const server = createServer((_request, response) => response.end(JSON.stringify({ Name: 'key', SecretString: document })))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop }
}

const environment = ({ dynamoDb, secrets, table }: { dynamoDb: string; secrets: string; table: string }) => ({
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets,
  MALLOC_ARENA_MAX: '1',
  [variableNames.table]: table,
  [variableNames.dataKeySecret]: 'none',
  [variableNames.serviceCidr]: '10.96.0.0/16',
  [variableNames.clusterName]: 'bench',
  [variableNames.accessEntries]: '[]',
  [variableNames.mailboxPrefix]: 'bench-',
  [variableNames.reconcileQueueUrl]: 'http://127.0.0.1:1/bench/reconcile',
})

const event = {
  httpMethod: 'GET',
  path: '/version',
  headers: {},
  multiValueHeaders: {},
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  body: null,
  isBase64Encoded: false,
  requestContext: { apiId: 'bench', stage: 'k8s', identity: { sourceIp: '127.0.0.1' }, path: '/k8s/version', requestId: '1' },
}

const limitProcessor = (): boolean => {
  try {
    mkdirSync(cgroup)
    writeFileSync(join(cgroup, 'cpu.cfs_period_us'), '20000')
    writeFileSync(join(cgroup, 'cpu.cfs_quota_us'), String(Math.round(20_000 * share)))
    return true
  } catch {
    return false
  }
}

const limit = (pid: number): void => {
  try {
    writeFileSync(join(cgroup, 'cgroup.procs'), String(pid))
  } catch {
    // There is none: what is reported says so.
  }
}

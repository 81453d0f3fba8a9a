import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { elementsOf, jsonCall, queryCall, restCall } from '../emulator/call.ts'
import { adapt, type CloudFormationTemplate, redelivering } from './adapt.ts'
import { bootstrap, uploadAssets } from './assets.ts'
import { createStack } from './stacks.ts'

export interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

export interface DeployedFunction {
  readonly name: string
  readonly arn: string
  /** what it does, as the template says it */
  readonly description: string
  /** unpacked */
  readonly directory: string
  readonly handler: string
  readonly memoryMiB: number
  readonly timeoutSeconds: number
  readonly environment: Readonly<Record<string, string>>
  readonly roleName: string
  /** ARN of what gets an event that failed for good */
  readonly onFailure: string | undefined
}

export interface DeployedMapping {
  readonly UUID: string
  readonly EventSourceArn: string
  readonly FunctionArn: string
  readonly BatchSize: number
  readonly MaximumBatchingWindowInSeconds?: number
  readonly FilterCriteria?: { readonly Filters?: readonly { readonly Pattern: string }[] }
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number }
  readonly MaximumRetryAttempts?: number
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } }
}

export interface DeployedRule {
  readonly name: string
  readonly pattern: Readonly<Record<string, unknown>> | undefined
  readonly schedule: string | undefined
  readonly targets: readonly { readonly Arn: string; readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number } }[]
}

/** What CloudFormation made of the templates, with every reference resolved. */
export interface Deployment {
  readonly functions: readonly DeployedFunction[]
  readonly mappings: readonly DeployedMapping[]
  readonly rules: readonly DeployedRule[]
  /** by role name */
  readonly statements: ReadonlyMap<string, readonly Statement[]>
  readonly instanceRoleName: string
  readonly apiId: string
  readonly stage: string
  /** what user data writes for agents */
  readonly agentEnvironment: Readonly<Record<string, string>>
  readonly physicalIds: ReadonlyMap<string, string>
}

export interface Synthesized {
  readonly directory: string
  readonly stacks: readonly string[]
  /** @default what the templates say */
  readonly redeliverSeconds?: number | undefined
}

/** Deploys the stacks as `cdk deploy` does, and reads back what is there. */
export const deploy = async (url: string, { directory, stacks, redeliverSeconds }: Synthesized): Promise<Deployment> => {
  await bootstrap(url)
  const physicalIds = new Map<string, string>()
  const change = redeliverSeconds === undefined ? (template: CloudFormationTemplate) => template : redelivering(redeliverSeconds)
  const resources: CloudFormationTemplate['Resources'] = {}
  for (const stack of stacks) {
    const template = JSON.parse(readFileSync(join(directory, `${stack}.template.json`), 'utf8')) as CloudFormationTemplate
    await uploadAssets(url, { directory, stack })
    for (const [id, physical] of await createStack(url, stack, change(adapt(template)))) physicalIds.set(id, physical)
    Object.assign(resources, template.Resources)
  }
  const idOf = (type: string, name = '') => {
    const [found] = Object.entries(resources).filter(([id, { Type }]) => Type === type && id.startsWith(name))
    const physical = found && physicalIds.get(found[0])
    if (physical === undefined) throw new Error(`no ${type} ${name} was deployed`)
    return physical
  }
  const secrets = await jsonCall<{ SecretList: { Name: string; ARN: string }[] }>(url, 'secretsmanager.ListSecrets')
  // The emulator's Ref of a secret is its name, that of CloudFormation its ARN.
  const corrected = (text: string) =>
    secrets.SecretList.reduce((now, { Name, ARN }) => now.replaceAll(`"${Name}"`, `"${ARN}"`), text)

  const statements = new Map<string, Statement[]>()
  for (const [id, { Type }] of Object.entries(resources)) {
    const name = physicalIds.get(id)
    if (Type === 'AWS::IAM::Role' && name !== undefined) statements.set(name, await statementsOf(url, name, corrected))
  }
  return {
    functions: await functionsOf(url, { directory, resources, physicalIds, corrected }),
    mappings: await mappingsOf(url),
    rules: await rulesOf(url),
    statements,
    instanceRoleName: idOf('AWS::IAM::Role', 'MachinesInstanceRole'),
    apiId: idOf('AWS::ApiGateway::RestApi'),
    stage: idOf('AWS::ApiGateway::Stage'),
    agentEnvironment: await agentEnvironmentOf(
      url,
      [...physicalIds.values()].find((id) => id.startsWith('lt-')),
    ),
    physicalIds,
  }
}

const iam = { name: 'iam', version: '2010-05-08' }

const statementsOf = async (url: string, RoleName: string, corrected: (text: string) => string): Promise<Statement[]> => {
  const ask = (Action: string, more = {}) => queryCall(url, iam, { Action, RoleName, ...more })
  const [names = ''] = elementsOf(await ask('ListRolePolicies'), 'PolicyNames')
  const found: Statement[] = []
  for (const PolicyName of elementsOf(names, 'member')) {
    const [document = ''] = elementsOf(await ask('GetRolePolicy', { PolicyName }), 'PolicyDocument')
    const { Statement } = JSON.parse(corrected(JSON.stringify(JSON.parse(decodeURIComponent(document))))) as {
      Statement: Statement[]
    }
    found.push(...Statement)
  }
  return found
}

const functionsOf = async (
  url: string,
  options: {
    directory: string
    resources: CloudFormationTemplate['Resources']
    physicalIds: ReadonlyMap<string, string>
    corrected: (text: string) => string
  },
): Promise<DeployedFunction[]> => {
  const { directory, resources, physicalIds, corrected } = options
  const path = '/2015-03-31/functions/'
  const { Functions } = JSON.parse(corrected(await restCall(url, 'lambda', { path }))) as { Functions: FunctionConfiguration[] }
  const codeOf = new Map(
    Object.entries(resources).flatMap(([id, { Type, Properties }]) =>
      Type === 'AWS::Lambda::Function' ? [[physicalIds.get(id), (Properties.Code as { S3Key: string }).S3Key] as const] : [],
    ),
  )
  const failures = new Map(
    Object.values(resources).flatMap(({ Type, Properties }) => {
      if (Type !== 'AWS::Lambda::EventInvokeConfig') return []
      const { FunctionName, DestinationConfig } = Properties as unknown as EventInvokeConfig
      const queue = DestinationConfig?.OnFailure?.Destination['Fn::GetAtt'][0]
      return [[physicalIds.get(FunctionName.Ref), queue && physicalIds.get(queue)] as const]
    }),
  )
  return Functions.map(({ FunctionName, FunctionArn, Description, Handler, MemorySize, Timeout, Environment, Role }) => ({
    name: FunctionName,
    arn: FunctionArn,
    description: Description,
    directory: join(directory, `asset.${codeOf.get(FunctionName)?.replace('.zip', '')}`),
    handler: Handler,
    memoryMiB: MemorySize,
    timeoutSeconds: Timeout,
    environment: Environment.Variables,
    roleName: Role.split('/').at(-1) ?? '',
    onFailure: failures.get(FunctionName),
  }))
}

interface FunctionConfiguration {
  readonly FunctionName: string
  readonly FunctionArn: string
  readonly Description: string
  readonly Handler: string
  readonly MemorySize: number
  readonly Timeout: number
  readonly Environment: { readonly Variables: Record<string, string> }
  readonly Role: string
}
interface EventInvokeConfig {
  readonly FunctionName: { readonly Ref: string }
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination: { readonly 'Fn::GetAtt': [string, string] } } }
}

/** The emulator has them enabled whatever a template says: its own poller must not take what `lambda/` is to poll. */
const mappingsOf = async (url: string): Promise<DeployedMapping[]> => {
  const path = '/2015-03-31/event-source-mappings/'
  const { EventSourceMappings } = JSON.parse(await restCall(url, 'lambda', { path })) as {
    EventSourceMappings: DeployedMapping[]
  }
  const body = new TextEncoder().encode(JSON.stringify({ Enabled: false }))
  for (const { UUID } of EventSourceMappings) await restCall(url, 'lambda', { method: 'PUT', path: `${path}${UUID}`, body })
  return EventSourceMappings
}

const rulesOf = async (url: string): Promise<DeployedRule[]> => {
  interface Rule {
    readonly Name: string
    readonly EventPattern?: string
    readonly ScheduleExpression?: string
  }
  const { Rules } = await jsonCall<{ Rules: Rule[] }>(url, 'AWSEvents.ListRules')
  return Promise.all(
    Rules.map(async ({ Name, EventPattern, ScheduleExpression }) => {
      const { Targets } = await jsonCall<{ Targets: DeployedRule['targets'] }>(url, 'AWSEvents.ListTargetsByRule', { Rule: Name })
      const pattern = EventPattern === undefined ? undefined : (JSON.parse(EventPattern) as Record<string, unknown>)
      return { name: Name, pattern, schedule: ScheduleExpression, targets: Targets }
    }),
  )
}

/** The variables that the launch template's user data writes into `/etc/windlass/agent.env`; none without the nodes' stack. */
const agentEnvironmentOf = async (url: string, LaunchTemplateId: string | undefined): Promise<Record<string, string>> => {
  if (LaunchTemplateId === undefined) return {}
  const ec2 = { name: 'ec2', version: '2016-11-15' }
  const xml = await queryCall(url, ec2, { Action: 'DescribeLaunchTemplateVersions', LaunchTemplateId })
  const [data] = elementsOf(xml, 'userData')
  const script = Buffer.from(data ?? '', 'base64').toString()
  const [, variables = ''] = /cat > \/etc\/windlass\/agent\.env <<'END'\n(.*?)\nEND/s.exec(script) ?? []
  return Object.fromEntries(
    variables.split('\n').flatMap((line) => (line.includes('=') ? [line.split(/=(.*)/s).slice(0, 2)] : [])),
  )
}

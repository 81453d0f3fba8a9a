import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Match } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readInstanceEnvironment } from '../../agent/instance/environment.ts'
import { type FunctionName, neededBy, variableNames } from '../../functions/wiring/variables.ts'
import { functionTable } from '../../infra/constructs/function-table.ts'
import { idleCost, total, watchHourCost } from '../../infra/cost.ts'
import { groupTags } from '../../shared/node-group/auto-scaling-group.ts'
import { clusterDimension, metricNames, metricNamespace } from '../../shared/platform/metrics.ts'
import { ttlAttribute } from '../../shared/storage/dynamodb/table.ts'
import { type Resource, resourcesOf, synthesize } from './synthesized.ts'

interface Statement {
  readonly Action: string | string[]
  readonly Resource: unknown
  readonly Condition?: unknown
}

let cluster: ReturnType<typeof synthesize>
beforeAll(() => {
  cluster = synthesize({ alarmEmail: 'ops@example.com' })
}, 180_000)
afterAll(() => rmSync(cluster.directory, { recursive: true }))

const allOf = (type: string) => Object.values(cluster.templates).flatMap((template) => resourcesOf(template, type))

const functionOf = (name: FunctionName): [string, Resource] => {
  const description = `Windlass: ${functionTable[name].purpose}`
  const found = allOf('AWS::Lambda::Function').find(([, { Properties }]) => Properties.Description === description)
  if (!found) throw new Error(`no function "${name}"`)
  return found
}

const assetOf = (name: FunctionName): string => {
  const { S3Key } = functionOf(name)[1].Properties.Code as { S3Key: string }
  return join(cluster.directory, `asset.${S3Key.replace('.zip', '')}`)
}

const statementsOf = (name: FunctionName): Statement[] => {
  const [, { Properties }] = functionOf(name)
  const [role] = (Properties.Role as { 'Fn::GetAtt': [string] })['Fn::GetAtt']
  const mine = allOf('AWS::IAM::Policy').filter(([, policy]) => JSON.stringify(policy.Properties.Roles).includes(role))
  return mine.flatMap(([, policy]) => (policy.Properties.PolicyDocument as { Statement: Statement[] }).Statement)
}
const actionsOf = (name: FunctionName) => [...new Set(statementsOf(name).flatMap(({ Action }) => Action))].sort()
const names = Object.keys(functionTable) as FunctionName[]

/** These are the same in every partition. */
const principals = ['apigateway', 'ec2', 'ecs-tasks', 'elasticloadbalancing', 'events', 'lambda'].map(
  (name) => `${name}.amazonaws.com`,
)

describe('every resource', () => {
  it('leaves its physical name to CloudFormation', () => {
    const naming =
      /^(TableName|QueueName|FunctionName|RoleName|ClusterName|LogGroupName|RuleName|AlarmName|DashboardName|TopicName)$/
    const owned = (type: string) =>
      !['AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Permission', 'AWS::Lambda::EventInvokeConfig'].includes(type)
    const named = Object.values(cluster.templates)
      .flatMap(({ Resources }) => Object.entries(Resources))
      .filter(([, { Type, Properties }]) => owned(Type) && Object.keys(Properties ?? {}).some((key) => naming.test(key)))
    expect(named).toEqual([])
  })

  it('names no partition: it is that of the account', () => {
    const text = JSON.stringify(cluster.templates)
    expect(text.match(/arn:aws[a-z-]*:/g)).toBeNull()
    expect(new Set(text.match(/[\w.-]+\.amazonaws\.(com|eu)/g))).toEqual(new Set(principals))
  })

  it('passes AwsSolutions, but for what is acknowledged with a reason', () => {
    expect(cluster.findings).toEqual([])
  })
})

describe('the state', () => {
  it('is one table that can be restored and outlives its stack', () => {
    cluster.state.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        TimeToLiveSpecification: { AttributeName: ttlAttribute, Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      },
    })
  })

  it('is a data key that no deployment makes anew: its id and how its value is made are for ever', () => {
    expect(resourcesOf(cluster.templates.state, 'AWS::SecretsManager::Secret')).toEqual([
      [
        'DataKeySecretB119AD36',
        expect.objectContaining({
          DeletionPolicy: 'Retain',
          UpdateReplacePolicy: 'Retain',
          Properties: {
            Description: expect.any(String),
            GenerateSecretString: {
              SecretStringTemplate: '{"version":1}',
              GenerateStringKey: 'seed',
              PasswordLength: 64,
              ExcludePunctuation: true,
            },
          },
        }),
      ],
    ])
  })
})

describe('the functions', () => {
  it.each(names)('%s is told what it needs, and nothing else', (name) => {
    const { Variables } = functionOf(name)[1].Properties.Environment as { Variables: Record<string, unknown> }
    const told = Object.keys(Variables).filter(
      (key) => !['AWS_NODEJS_CONNECTION_REUSE_ENABLED', 'MALLOC_ARENA_MAX'].includes(key),
    )
    expect(told.sort()).toEqual(neededBy[name].map((key) => variableNames[key]).sort())
  })

  it.each(names)('%s runs Node.js 24 on arm64 out of a small bundle', (name) => {
    const { Properties } = functionOf(name)[1]
    expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' })
    expect(statSync(join(assetOf(name), 'index.mjs')).size / 1024).toBeLessThan(name === 'heartbeat' ? 800 : 3072)
  })

  it.each(names)('%s reads nothing of http and process that it does not use', (name) => {
    expect(readFileSync(join(assetOf(name), 'index.mjs'), 'utf8')).not.toMatch(/from\s*"(node:)?(http|process)"/)
  })

  it.each(names)('%s has the files beside it that it reads', (name) => {
    const files = readFileSync(join(assetOf(name), 'index.mjs'), 'utf8').includes('./generated/')
      ? readdirSync(join(assetOf(name), 'generated')).sort()
      : []
    expect(files).toEqual([...functionTable[name].reads].sort())
  })

  it.each(names)('%s has no wildcard but what AWS demands', (name) => {
    const wild = statementsOf(name).flatMap(({ Action, Resource: resource }) =>
      JSON.stringify([Action, resource]).includes('*') ? [`${[Action].flat().join()} on ${wildOf(resource)}`] : [],
    )
    expect(wild.sort()).toEqual(wildcards[name] ?? [])
  })

  it('heartbeat may only note heartbeats, and api touches neither tasks nor queues but to write to nodes and to have keys looked at', () => {
    expect(actionsOf('heartbeat').filter((action) => !/^(logs|sqs):/.test(action))).toEqual([
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
    ])
    const [granted] = statementsOf('heartbeat').filter(({ Action }) => JSON.stringify(Action).includes('dynamodb:'))
    expect(granted).toHaveProperty('Condition', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['heartbeat'] } })
    expect(actionsOf('api').filter((action) => /^(sqs|ecs|iam):/.test(action))).toEqual(['sqs:GetQueueUrl', 'sqs:SendMessage'])
    const sent = statementsOf('api').filter(({ Action }) => [Action].flat().includes('sqs:SendMessage'))
    expect(
      sent.map(({ Resource: resource }) => JSON.stringify(resource).match(/:windlass-mailbox-\*|QueuesReconcile/)?.[0]),
    ).toEqual([':windlass-mailbox-*', 'QueuesReconcile'])
  })

  it('only place starts tasks, of this one definition, in this cluster', () => {
    expect(names.filter((name) => actionsOf(name).includes('ecs:StartTask'))).toEqual(['place'])
    const start = statementsOf('place').find(({ Action }) => Action === 'ecs:StartTask')
    expect(start).toMatchObject({ Resource: { Ref: expect.stringContaining('Pod') } })
    expect(start?.Condition).toHaveProperty('ArnEquals.ecs:cluster')
  })

  it('only clock turns triggers on and off: those of schedule, place and heartbeat', () => {
    expect(names.filter((name) => actionsOf(name).includes('lambda:UpdateEventSourceMapping'))).toEqual(['clock'])
    const grant = statementsOf('clock').find(({ Action }) => Action.includes('lambda:UpdateEventSourceMapping'))
    const granted = [...JSON.stringify(grant?.Resource).matchAll(/"Ref":"(\w+?)SqsEventSource/g)].map(([, id]) => id)
    expect(granted.sort()).toEqual(['Heartbeat', 'Place', 'Schedule'])
  })

  it('only clock resizes the group, which carries the tags that it is found by', () => {
    expect(names.filter((name) => actionsOf(name).includes('autoscaling:SetDesiredCapacity'))).toEqual(['clock'])
    cluster.nodes.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      Tags: Match.arrayWith([
        { Key: groupTags.cluster, PropagateAtLaunch: true, Value: 'windlass' },
        { Key: groupTags.instanceType, PropagateAtLaunch: true, Value: 't4g.medium' },
      ]),
    })
  })

  it('only reconcile makes load balancers, and touches none without the tag of this cluster', () => {
    const balancing = (name: FunctionName) => actionsOf(name).some((action) => /^elasticloadbalancing:(?!Describe)/.test(action))
    expect(names.filter(balancing)).toEqual(['reconcile'])
    const writes = statementsOf('reconcile').filter(
      ({ Action, Resource: resource }) =>
        [Action].flat().some((action) => /^(elasticloadbalancing|ec2):(?!Describe)/.test(action)) &&
        !JSON.stringify(resource).includes(':vpc/'),
    )
    expect(writes.length).toBeGreaterThan(4)
    for (const { Condition } of writes)
      expect(JSON.stringify(Condition)).toMatch(/"aws:(Request|Resource)Tag\/windlass.dev\/cluster":"windlass"/)
  })

  it('only clock writes the data key, and only api and reconcile the secrets of Secrets', () => {
    const of = (action: string) => names.filter((name) => actionsOf(name).includes(`secretsmanager:${action}`))
    expect(of('PutSecretValue')).toEqual(['api', 'reconcile', 'clock'])
    expect(of('CreateSecret')).toEqual(['api', 'reconcile'])
    const onDataKey = statementsOf('api').filter(({ Resource: resource }) => JSON.stringify(resource).includes('DataKey'))
    expect(onDataKey.map(({ Action }) => Action)).toEqual(['secretsmanager:GetSecretValue'])
    expect(actionsOf('heartbeat')).not.toContain('secretsmanager:GetSecretValue')
  })
})

const wildOf = (resource: unknown): string =>
  typeof resource === 'string' ? resource : (JSON.stringify(resource).match(/[\w/:-]*\*/)?.[0] ?? '?')
const listTasks = 'ecs:ListTasks on *'
const anyTask = 'ecs:DescribeTasks,ecs:StopTask on /*'
const loadBalancing = [
  'autoscaling:CompleteLifecycleAction on :autoScalingGroup:*',
  'autoscaling:DescribeAutoScalingGroups,ec2:DescribeSecurityGroups,elasticloadbalancing:DescribeListeners,elasticloadbalancing:DescribeLoadBalancers,elasticloadbalancing:DescribeTargetGroups,elasticloadbalancing:DescribeTargetHealth on *',
  'ec2:AuthorizeSecurityGroupIngress,ec2:DeleteSecurityGroup,ec2:RevokeSecurityGroupIngress on :security-group/*',
  'ec2:CreateSecurityGroup on :security-group/*',
  'ec2:CreateSecurityGroup on :vpc/*',
  'ec2:CreateTags on :security-group/*',
  'elasticloadbalancing:AddTags on :listener/net/*',
  'elasticloadbalancing:CreateListener,elasticloadbalancing:DeleteListener,elasticloadbalancing:DeleteLoadBalancer,elasticloadbalancing:DeleteTargetGroup,elasticloadbalancing:DeregisterTargets,elasticloadbalancing:ModifyListener,elasticloadbalancing:ModifyTargetGroup,elasticloadbalancing:RegisterTargets,elasticloadbalancing:SetSecurityGroups on :listener/net/*',
  'elasticloadbalancing:CreateLoadBalancer,elasticloadbalancing:CreateTargetGroup on :loadbalancer/net/*',
]
const vault =
  'secretsmanager:CreateSecret,secretsmanager:DeleteSecret,secretsmanager:DescribeSecret,secretsmanager:GetSecretValue,secretsmanager:PutSecretValue,secretsmanager:RestoreSecret,secretsmanager:UpdateSecretVersionStage on :secret:windlass/secrets/*'
const letters = 'sqs:GetQueueUrl,sqs:SendMessage on :windlass-mailbox-*'
const wildcards: Partial<Record<FunctionName, string[]>> = {
  api: [vault, letters],
  dispatch: ['dynamodb:ListStreams on *', letters],
  schedule: [letters],
  reconcile: [...loadBalancing, vault, 'sqs:CreateQueue,sqs:DeleteQueue,sqs:GetQueueUrl,sqs:SendMessage on :windlass-mailbox-*'],
  place: [anyTask, listTasks, letters],
  'cloud-events': [letters],
  clock: [
    'autoscaling:DescribeAutoScalingGroups,autoscaling:DescribeScalingActivities,ec2:DescribeInstanceTypes,secretsmanager:ListSecrets on *',
    'autoscaling:SetDesiredCapacity,autoscaling:TerminateInstanceInAutoScalingGroup on :autoScalingGroup:*',
    anyTask,
    listTasks,
    'secretsmanager:DeleteSecret on :secret:windlass/secrets/*',
    letters,
  ],
}

describe('the queues', () => {
  const queues = () => resourcesOf(cluster.templates.controlPlane, 'AWS::SQS::Queue')
  const deadLettersOf = ({ Properties }: Resource) =>
    (Properties.RedrivePolicy as { deadLetterTargetArn: { 'Fn::GetAtt': [string] } } | undefined)?.deadLetterTargetArn[
      'Fn::GetAtt'
    ][0]

  it('each have a dead-letter queue of their own type, which has an alarm', () => {
    const targets = new Set(queues().map(([, queue]) => deadLettersOf(queue)))
    const alarms = JSON.stringify(resourcesOf(cluster.templates.controlPlane, 'AWS::CloudWatch::Alarm'))
    for (const [id, queue] of queues()) {
      const target = deadLettersOf(queue)
      if (!target) expect(targets, id).toContain(id)
      else expect(queues().find(([other]) => other === target)?.[1].Properties.FifoQueue, id).toBe(queue.Properties.FifoQueue)
    }
    for (const target of targets) if (target) expect(alarms).toContain(`"${target}"`)
  })

  it('are encrypted and hide a message for little longer than its function may run', () => {
    expect(queues().map(([, { Properties }]) => Properties.SqsManagedSseEnabled)).toEqual(Array(7).fill(true))
    const hidden = Object.fromEntries(queues().map(([id, { Properties }]) => [id.slice(6, -8), Properties.VisibilityTimeout]))
    expect(hidden).toMatchObject({ Reconcile: 90, Schedule: 90, Place: 90, Timers: 330, Heartbeats: 60 })
  })

  it('say which messages failed', () => {
    const sources = allOf('AWS::Lambda::EventSourceMapping')
    expect(sources).toHaveLength(6)
    for (const [id, { Properties }] of sources) expect(Properties.FunctionResponseTypes, id).toEqual(['ReportBatchItemFailures'])
  })
})

describe('what idles', () => {
  it('costs less than a dollar a month, five with ten nodes, and a cent for an hour of an open watch', () => {
    const asleep = JSON.stringify(
      (functionOf('clock')[1].Properties.Environment as { Variables: Record<string, unknown> }).Variables[
        variableNames.nodeTriggers
      ],
    )
    const triggers = { always: { fifo: 0, standard: 0 }, withNodes: { fifo: 0, standard: 0 } }
    for (const [id, { Properties }] of resourcesOf(cluster.templates.controlPlane, 'AWS::Lambda::EventSourceMapping')) {
      const source = JSON.stringify(Properties.EventSourceArn)
      const queue = resourcesOf(cluster.templates.controlPlane, 'AWS::SQS::Queue').find(([name]) => source.includes(`"${name}"`))
      // A stream is polled for nothing.
      if (!queue) continue
      triggers[asleep.includes(`"${id}"`) ? 'withNodes' : 'always'][queue[1].Properties.FifoQueue ? 'fifo' : 'standard']++
    }
    expect(triggers).toEqual({ always: { fifo: 1, standard: 1 }, withNodes: { fifo: 2, standard: 1 } })
    const alarms = allOf('AWS::CloudWatch::Alarm').length
    const idle = { triggers, alarms, metrics: Object.keys(metricNames).length }
    expect(total(idleCost(idle))).toBeLessThan(1)
    expect(total(idleCost({ ...idle, nodes: 10 }))).toBeLessThan(5)
    expect(watchHourCost({ apiMemoryMiB: Number(functionOf('api')[1].Properties.MemorySize) })).toBeLessThan(0.01)
  })
})

describe('events', () => {
  it('of the table wake dispatch for changes only: neither for what expires nor for void revisions', () => {
    cluster.controlPlane.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BisectBatchOnFunctionError: true,
      StartingPosition: 'TRIM_HORIZON',
      FilterCriteria: {
        Filters: [
          {
            Pattern: Match.serializedJson({
              eventName: ['INSERT'],
              dynamodb: {
                Keys: { pk: { S: [{ prefix: 'log#' }] } },
                NewImage: { type: { S: [{ 'anything-but': ['void'] }] } },
              },
            }),
          },
        ],
      },
    })
  })

  it('of ECS come from this cluster, the clock rings each minute', () => {
    cluster.controlPlane.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.ecs'],
        'detail-type': ['ECS Task State Change', 'ECS Container Instance State Change'],
        detail: { clusterArn: [Match.anyValue()] },
      },
    })
    cluster.controlPlane.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' })
  })

  it('of instances that end come in time', () => {
    cluster.nodes.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'detail-type': ['EC2 Spot Instance Interruption Warning'] },
    })
    cluster.nodes.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'detail-type': ['EC2 Instance-terminate Lifecycle Action', 'EC2 Instance Terminate Successful'],
        detail: { AutoScalingGroupName: [{ Ref: Match.anyValue() }] },
      },
    })
    cluster.nodes.hasResourceProperties('AWS::AutoScaling::LifecycleHook', { DefaultResult: 'CONTINUE', HeartbeatTimeout: 300 })
  })
})

describe('the API', () => {
  it('streams whatever is asked of it, for 15 minutes', () => {
    const methods = resourcesOf(cluster.templates.controlPlane, 'AWS::ApiGateway::Method')
    expect(methods).toHaveLength(2)
    for (const [, { Properties }] of methods) {
      expect(Properties).toMatchObject({
        HttpMethod: 'ANY',
        Integration: { ResponseTransferMode: 'STREAM', TimeoutInMillis: 900_000 },
      })
      expect(JSON.stringify(Properties)).toContain('/response-streaming-invocations')
    }
    expect(functionOf('api')[1].Properties.Timeout).toBe(900)
  })

  it('is named by an output, with the command that writes a kubeconfig', () => {
    cluster.controlPlane.hasOutput('ApiUrl', {})
    const [command] = Object.values(cluster.controlPlane.findOutputs('KubeconfigCommand'))
    expect(JSON.stringify(command)).toContain('--exec-arg=--cluster-name=windlass')
  })

  it('knows the nodes by the role of their instances', () => {
    const { Variables } = functionOf('api')[1].Properties.Environment as { Variables: Record<string, unknown> }
    const entries = JSON.stringify(Variables[variableNames.accessEntries])
    expect(entries).toContain('system:node:{{SessionName}}')
    expect(entries).toContain('InstanceRole')
  })
})

describe('the nodes', () => {
  it('let no pod reach the role of their instance, and nobody in but nodes', () => {
    cluster.nodes.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 } },
    })
    const rules = resourcesOf(cluster.templates.nodes, 'AWS::EC2::SecurityGroupIngress')
    expect(rules.map(([, { Properties }]) => Properties.FromPort ?? Properties.IpProtocol).sort()).toEqual([
      '-1',
      10_256,
      30_000,
      30_000,
    ])
    for (const [, { Properties }] of rules) expect(Properties).toHaveProperty('SourceSecurityGroupId')
    cluster.nodes.resourceCountIs('AWS::EC2::NatGateway', 0)
  })

  it('have the image that the task definition names before the ECS agent starts', () => {
    const [, task] = resourcesOf(cluster.templates.controlPlane, 'AWS::ECS::TaskDefinition')[0]!
    const [{ Image: image, MemoryReservation: memory }] = task.Properties.ContainerDefinitions as [
      { Image: string; MemoryReservation: number },
    ]
    expect(task.Properties.NetworkMode).toBe('none')
    expect(memory).toBe(6)
    const template = JSON.stringify(resourcesOf(cluster.templates.nodes, 'AWS::EC2::LaunchTemplate'))
    expect(template).toContain(`sandbox.tar ${image}`)
    expect(template).toContain('ECS_IMAGE_PULL_BEHAVIOR=prefer-cached')
  })

  it('may do what their two agents do, and nothing else', () => {
    const [role] = Object.keys(
      cluster.controlPlane.findResources('AWS::IAM::Role', {
        Properties: { AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'ec2.amazonaws.com' } }] } },
      }),
    )
    const policies = allOf('AWS::IAM::Policy').filter(([, { Properties }]) => JSON.stringify(Properties.Roles).includes(role!))
    const statements = policies.flatMap(
      ([, { Properties }]) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement,
    )
    const actions = (service: string) =>
      [...new Set(statements.flatMap(({ Action }) => Action))].filter((action) => action.startsWith(service)).sort()
    expect(actions('sqs')).toEqual(['sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:ReceiveMessage', 'sqs:SendMessage'])
    const send = statements.find(({ Action }) => Action === 'sqs:SendMessage')
    expect(JSON.stringify(send?.Resource)).toContain('Heartbeats')
    const receive = statements.find(({ Action }) => Action.includes('sqs:ReceiveMessage'))
    expect(JSON.stringify(receive?.Resource)).toContain(':windlass-mailbox-*')
    expect(actions('s3')).toEqual(['s3:GetObject'])
    const keysOf = (action: string) => statements.find(({ Action }) => Action === action)?.Condition
    expect(actions('dynamodb')).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem'])
    expect(keysOf('dynamodb:PutItem')).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['answer#*'] } })
    expect(keysOf('dynamodb:GetItem')).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['question#*'] } })
    expect(actions('ecs').filter((action) => /Start|Stop|Run|List/.test(action))).toEqual(['ecs:StartTelemetrySession'])
    expect(actions('secretsmanager')).toEqual([])
  })

  it('tell their agent all that it asks of its environment', () => {
    const template = JSON.stringify(resourcesOf(cluster.templates.nodes, 'AWS::EC2::LaunchTemplate'))
    const names = [...template.matchAll(/((?:WINDLASS|AWS)_[A-Z_]+)=/g)].map(([, name]) => name!)
    const ranges = {
      WINDLASS_SERVER: 'https://api.test/prod',
      WINDLASS_SERVICE_CIDR: '10.96.0.0/16',
      WINDLASS_POD_CIDR: '10.244.0.0/16',
    }
    const told = Object.fromEntries(names.map((name) => [name, 'told']))
    expect(readInstanceEnvironment({ ...told, ...ranges })).toMatchObject({
      table: 'told',
      region: 'told',
      clusterDNS: '10.96.0.10',
    })
    expect(names.length).toBe(9)
  })

  it('start the agent as a unit, out of a small package', () => {
    const template = JSON.stringify(resourcesOf(cluster.templates.nodes, 'AWS::EC2::LaunchTemplate'))
    expect(template).toContain('systemctl enable --now --no-block windlass-agent.service')
    const [asset] = readdirSync(cluster.directory).filter(
      (name) => /^asset\.\w+$/.test(name) && readdirSync(join(cluster.directory, name)).includes('agent.mjs'),
    )
    const files = readdirSync(join(cluster.directory, asset ?? '')).sort()
    expect(files).toEqual(['agent.mjs', 'netns-connector.ts', 'sandbox.tar'])
    // It runs, and says what it lacks here.
    const agent = spawnSync(process.execPath, [join(cluster.directory, asset ?? '', 'agent.mjs')], { env: {}, encoding: 'utf8' })
    expect(agent.stderr.slice(-2000)).toContain('the agent needs the environment variables WINDLASS_SERVER')
    expect(statSync(join(cluster.directory, asset ?? '', 'agent.mjs')).size / 1024).toBeLessThan(2048)
  })
})

describe('alarms', () => {
  it('are raised by a clock that stands still, which says nothing', () => {
    const silence = resourcesOf(cluster.templates.controlPlane, 'AWS::CloudWatch::Alarm')
      .filter(([, { Properties }]) => Properties.TreatMissingData === 'breaching')
      .map(([, { Properties }]) => Properties.MetricName)
    expect(silence.toSorted()).toEqual(['Errors', metricNames.nodesNotReady])
  })

  it('are no more than those that are free, and send mail', () => {
    const alarms = resourcesOf(cluster.templates.controlPlane, 'AWS::CloudWatch::Alarm')
    expect(alarms.length).toBeLessThanOrEqual(10)
    for (const [, { Properties }] of alarms) expect(Properties.AlarmActions).toHaveLength(1)
    for (const MetricName of [metricNames.unschedulablePods, metricNames.nodesNotReady]) {
      const Dimensions = [{ Name: clusterDimension, Value: 'windlass' }]
      cluster.controlPlane.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName, Namespace: metricNamespace, Dimensions })
    }
    cluster.controlPlane.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@example.com' })
  })
})

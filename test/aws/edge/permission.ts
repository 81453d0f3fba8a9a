import { account, region } from '../emulator/call.ts'
import type { Permission } from './needed.ts'
import { type AwsCall, UnknownCall } from './request.ts'
import { prefixed, tagsOfRequest } from './tagged.ts'

export interface Known {
  /** of the task definition's role, which whoever starts a task passes on */
  readonly taskRoleArn: string
  /** ARN of a secret by its name */
  secretArn(name: string): string
  /** ARN of the Auto Scaling group that an instance is in */
  groupArn(name: string): string
  /** name of the group that an instance is in; undefined: of none */
  groupOf(instanceId: string): string | undefined
  /** `aws:ResourceTag/…` of what has this ARN or id */
  tagsOf(id: string): Permission['context']
}

type Input = Readonly<Record<string, unknown>>
type Needed = (call: AwsCall, known: Known) => Permission[]

const arnOf = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`
const asArn = (value: unknown, otherwise: (name: string) => string): string => {
  const text = String(value)
  return text.startsWith('arn:') ? text : otherwise(text)
}
const tableArn = (value: unknown) => asArn(value, (name) => arnOf('dynamodb', `table/${name}`))
const queueArn = (url: unknown) => arnOf('sqs', String(url).split('/').at(-1) ?? '')
const only = (action: string, resource: string, context: Permission['context'] = {}): Permission[] => [
  { action, resource, context },
]

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
const dynamodb: Needed = ({ action, input }) => {
  const leading = (key: unknown) => {
    const { pk } = (key ?? {}) as { pk?: { S?: string } }
    return pk?.S === undefined ? {} : { 'dynamodb:LeadingKeys': [pk.S] }
  }
  const one = (name: string, request: Input) =>
    only(`dynamodb:${name}`, tableArn(request.TableName), leading(request.Key ?? request.Item))
  if (action === 'TransactWriteItems' || action === 'TransactGetItems') {
    const names: Readonly<Record<string, string>> = { Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem', Get: 'GetItem' }
    const items = input.TransactItems as Readonly<Record<string, Input>>[]
    return items.flatMap((item) => Object.entries(item).flatMap(([kind, each]) => one(names[kind] ?? `${kind}Item`, each)))
  }
  if (action === 'BatchWriteItem' || action === 'BatchGetItem')
    return Object.keys(input.RequestItems as Input).flatMap((name) => only(`dynamodb:${action}`, tableArn(name)))
  if (input.TableName === undefined) return only(`dynamodb:${action}`, '*')
  if (action !== 'Query') return one(action, input)
  const values = (input.ExpressionAttributeValues ?? {}) as Readonly<Record<string, { S?: string }>>
  const [, name = ''] = /pk\s*=\s*(:\w+)/.exec(String(input.KeyConditionExpression)) ?? []
  return only('dynamodb:Query', tableArn(input.TableName), leading({ pk: values[name] }))
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html: batches need what one message needs */
const sqs: Needed = ({ action, input }) =>
  only(`sqs:${action.replace(/Batch$/, '')}`, input.QueueUrl === undefined ? queueArn(input.QueueName) : queueArn(input.QueueUrl))

/** What a new secret's ARN ends with is not known yet. */
const secretsmanager: Needed = ({ action, input }, known) =>
  only(
    `secretsmanager:${action}`,
    action === 'ListSecrets'
      ? '*'
      : input.SecretId === undefined
        ? arnOf('secretsmanager', `secret:${input.Name}-??????`)
        : asArn(input.SecretId, known.secretArn),
  )

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
const ecs: Needed = ({ action, input }, { taskRoleArn }) => {
  const cluster = asArn(input.cluster ?? 'default', (name) => arnOf('ecs', `cluster/${name}`))
  const context = { 'ecs:cluster': cluster }
  const inCluster = (resource: string) => (value: unknown) =>
    asArn(value, (name) => arnOf('ecs', `${resource}/${cluster.split('/').at(-1)}/${name}`))
  const each = (values: unknown, resource: string) =>
    (values as unknown[]).flatMap((value) => only(`ecs:${action}`, inCluster(resource)(value), context))
  switch (action) {
    case 'StartTask':
      return [
        ...only(
          'ecs:StartTask',
          asArn(input.taskDefinition, (name) => arnOf('ecs', `task-definition/${name}`)),
          context,
        ),
        ...only('iam:PassRole', taskRoleArn, { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' }),
      ]
    case 'StopTask':
      return each([input.task], 'task')
    case 'DescribeTasks':
      return each(input.tasks, 'task')
    case 'DescribeContainerInstances':
    case 'UpdateContainerInstancesState':
      return each(input.containerInstances, 'container-instance')
    case 'ListTasks':
      return input.containerInstance === undefined
        ? only('ecs:ListTasks', '*', context)
        : each([input.containerInstance], 'container-instance')
    case 'ListContainerInstances':
      return only('ecs:ListContainerInstances', cluster, context)
    default:
      throw new UnknownCall(`what ecs:${action} needs is not known here`)
  }
}

const autoscaling: Needed = ({ action, input }, known) => {
  if (action.startsWith('Describe')) return only(`autoscaling:${action}`, '*')
  const group = input.AutoScalingGroupName ?? known.groupOf(String(input.InstanceId))
  return only(`autoscaling:${action}`, group === undefined ? '*' : known.groupArn(String(group)))
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html */
const elasticloadbalancing: Needed = ({ action, input }, known) => {
  const name = `elasticloadbalancing:${action}`
  if (action.startsWith('Describe')) return only(name, '*')
  const tags = prefixed('aws:RequestTag', tagsOfRequest(input))
  const tagging = (resource: string) =>
    Object.keys(tags).length === 0
      ? []
      : only('elasticloadbalancing:AddTags', resource, { ...tags, 'elasticloadbalancing:CreateAction': action })
  const make = (resource: string) => [
    ...only(name, arnOf('elasticloadbalancing', resource), tags),
    ...tagging(arnOf('elasticloadbalancing', resource)),
  ]
  if (action === 'CreateLoadBalancer') return make(`loadbalancer/net/${input.Name}/0`)
  if (action === 'CreateTargetGroup') return make(`targetgroup/${input.Name}/0`)
  const target = String(input.ListenerArn ?? input.TargetGroupArn ?? input.LoadBalancerArn)
  if (action !== 'CreateListener') return only(name, target, known.tagsOf(target))
  const balancer = String(input.LoadBalancerArn)
  return [...only(name, balancer, known.tagsOf(balancer)), ...tagging(balancer.replace(':loadbalancer/', ':listener/'))]
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
const ec2: Needed = ({ action, input }, known) => {
  if (action.startsWith('Describe')) return only(`ec2:${action}`, '*')
  if (action !== 'CreateSecurityGroup') {
    const group = String(input.GroupId)
    return only(`ec2:${action}`, arnOf('ec2', `security-group/${group}`), known.tagsOf(group))
  }
  const tags = prefixed('aws:RequestTag', tagsOfRequest(input))
  const made = arnOf('ec2', 'security-group/sg-0')
  return [
    ...only('ec2:CreateSecurityGroup', made, tags),
    ...only('ec2:CreateSecurityGroup', arnOf('ec2', `vpc/${input.VpcId}`)),
    ...only('ec2:CreateTags', made, { ...tags, 'ec2:CreateAction': action }),
  ]
}

const services: Readonly<Record<string, Needed>> = {
  dynamodb,
  sqs,
  secretsmanager,
  ecs,
  autoscaling,
  ec2,
  elasticloadbalancing,
  lambda: ({ action, input }) => only(`lambda:${action}`, arnOf('lambda', `event-source-mapping:${input.UUID}`)),
  // Everybody may ask who he is.
  sts: () => [],
}

/** Throws UnknownCall where the harness has yet to learn what a call needs. */
export const permissionsOf = (call: AwsCall, known: Known): Permission[] => {
  const needed = services[call.service]
  if (!needed) throw new UnknownCall(`what ${call.service}:${call.action} needs is not known here`)
  return needed(call, known)
}

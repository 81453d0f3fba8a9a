import { describe, expect, it } from 'vitest'
import type { Statement } from '../deploy/deployment.ts'
import type { Permission } from './needed.ts'
import { type Known, permissionsOf } from './permission.ts'
import { allows } from './policy.ts'
import { readCall, UnknownCall } from './request.ts'

const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/cluster'
const statement = (more: Partial<Statement>): Statement => ({
  Effect: 'Allow',
  Action: 'dynamodb:GetItem',
  Resource: table,
  ...more,
})
const permission = (more: Partial<Permission> = {}): Permission => ({
  action: 'dynamodb:GetItem',
  resource: table,
  context: {},
  ...more,
})

describe('a policy', () => {
  it.each<[string, Partial<Statement>, Partial<Permission>, boolean]>([
    ['allows what it names', {}, {}, true],
    ['takes actions in any case', { Action: 'DynamoDB:getitem' }, {}, true],
    ['says nothing of another action', {}, { action: 'dynamodb:PutItem' }, false],
    ['says nothing of another resource', {}, { resource: `${table}2` }, false],
    ['does not take an index for its table', {}, { resource: `${table}/index/one` }, false],
    ['takes wildcards', { Action: 'dynamodb:*Item', Resource: 'arn:aws:dynamodb:*:*:table/clust?r' }, {}, true],
    ['takes no dot for a wildcard', { Resource: table.replace('cluster', 'c.uster') }, {}, false],
    ['of one resource says nothing of an action that knows none', { Resource: table }, { resource: '*' }, false],
    ['takes one of a list', { Action: ['sqs:SendMessage', 'dynamodb:GetItem'], Resource: ['arn:other', table] }, {}, true],
    [
      'holds under its condition',
      { Condition: { ArnEquals: { 'ecs:cluster': 'arn:a' } } },
      { context: { 'ecs:cluster': 'arn:a' } },
      true,
    ],
    [
      'does not hold under another',
      { Condition: { ArnEquals: { 'ecs:cluster': 'arn:a' } } },
      { context: { 'ecs:cluster': 'arn:b' } },
      false,
    ],
    ['does not hold where the call lacks the key', { Condition: { ArnEquals: { 'ecs:cluster': 'arn:a' } } }, {}, false],
    [
      'holds when all of a call’s keys are among those it names',
      { Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['heartbeat#*', 'lease'] } } },
      { context: { 'dynamodb:LeadingKeys': ['heartbeat#a', 'lease'] } },
      true,
    ],
    [
      'does not hold when one of them is not',
      { Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['heartbeat#*'] } } },
      { context: { 'dynamodb:LeadingKeys': ['heartbeat#a', 'secret'] } },
      false,
    ],
  ])('%s', (_, given, asked, expected) => {
    expect(allows([statement(given)], permission(asked))).toBe(expected)
  })

  it('denies in spite of every allowance', () => {
    expect(allows([statement({ Action: '*', Resource: '*' }), statement({ Effect: 'Deny' })], permission())).toBe(false)
    expect(allows([], permission())).toBe(false)
  })

  it('is not guessed at when it uses what is not played', () => {
    const unknown = { Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }
    expect(() => allows([statement(unknown)], permission())).toThrow('IpAddress')
    expect(() => allows([{ ...statement({}), NotAction: 'x' } as never], permission())).toThrow('NotAction')
  })
})

describe('a call', () => {
  const authorization = (service: string) =>
    `AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`
  const known: Known = {
    taskRoleArn: 'arn:aws:iam::000000000000:role/Task',
    secretArn: (name) => `arn:secret:${name}-AbCdEf`,
    groupArn: (name) => `arn:group/${name}`,
    groupOf: () => 'nodes',
    tagsOf: (id) => ({ 'aws:ResourceTag/of': id }),
  }
  const json = (service: string, target: string, body: unknown) =>
    readCall({
      method: 'POST',
      path: '/',
      headers: { authorization: authorization(service), 'x-amz-target': target },
      body: JSON.stringify(body),
    })
  const needs = (service: string, target: string, body: unknown) =>
    permissionsOf(json(service, target, body), known).map(({ action, resource }) => `${action} ${resource.split(':').at(-1)}`)

  it('is known by its target, its form or its path', () => {
    expect(json('dynamodb', 'DynamoDB_20120810.GetItem', { TableName: 'cluster' })).toMatchObject({
      service: 'dynamodb',
      action: 'GetItem',
      accessKeyId: 'AKIATEST',
    })
    const headers = { authorization: authorization('autoscaling'), 'content-type': 'application/x-www-form-urlencoded' }
    expect(
      readCall({ method: 'POST', path: '/', headers, body: 'Action=SetDesiredCapacity&AutoScalingGroupName=a' }),
    ).toMatchObject({
      action: 'SetDesiredCapacity',
      input: { AutoScalingGroupName: 'a' },
    })
    const path = '/2015-03-31/event-source-mappings/some-id'
    expect(readCall({ method: 'PUT', path, headers: { authorization: authorization('lambda') }, body: '{}' })).toMatchObject({
      action: 'UpdateEventSourceMapping',
      input: { UUID: 'some-id' },
    })
    expect(() => readCall({ method: 'POST', path: '/', headers: {}, body: '' })).toThrow(UnknownCall)
  })

  it('of a transaction needs what each of its items needs', () => {
    const items = [
      { Put: { TableName: 'cluster', Item: { pk: { S: 'log#1' } } } },
      { ConditionCheck: { TableName: 'cluster', Key: { pk: { S: 'a' } } } },
      { Update: { TableName: 'other', Key: { pk: { S: 'b' } } } },
    ]
    expect(needs('dynamodb', 'DynamoDB_20120810.TransactWriteItems', { TransactItems: items })).toEqual([
      'dynamodb:PutItem table/cluster',
      'dynamodb:ConditionCheckItem table/cluster',
      'dynamodb:UpdateItem table/other',
    ])
    const [put] = permissionsOf(json('dynamodb', 'DynamoDB_20120810.TransactWriteItems', { TransactItems: items }), known)
    expect(put?.context).toEqual({ 'dynamodb:LeadingKeys': ['log#1'] })
  })

  it('of a batch needs what one message needs', () => {
    const body = { QueueUrl: 'http://127.0.0.1:1/000000000000/work.fifo', Entries: [] }
    expect(needs('sqs', 'AmazonSQS.SendMessageBatch', body)).toEqual(['sqs:SendMessage work.fifo'])
  })

  it('that starts a task passes on its role', () => {
    expect(needs('ecs', 'AmazonEC2ContainerServiceV20141113.StartTask', { cluster: 'c', taskDefinition: 'pod' })).toEqual([
      'ecs:StartTask task-definition/pod',
      'iam:PassRole role/Task',
    ])
  })

  it('that makes something with tags needs to tag it, and one that changes it what its tags say', () => {
    const form = (body: string) =>
      permissionsOf(
        readCall({
          method: 'POST',
          path: '/',
          headers: { authorization: authorization('elasticloadbalancing'), 'content-type': 'application/x-www-form-urlencoded' },
          body,
        }),
        known,
      )
    expect(form('Action=CreateTargetGroup&Name=web&Tags.member.1.Key=owner&Tags.member.1.Value=us')).toMatchObject([
      { action: 'elasticloadbalancing:CreateTargetGroup', context: { 'aws:RequestTag/owner': 'us' } },
      {
        action: 'elasticloadbalancing:AddTags',
        context: { 'aws:RequestTag/owner': 'us', 'elasticloadbalancing:CreateAction': 'CreateTargetGroup' },
      },
    ])
    expect(form('Action=DeleteLoadBalancer&LoadBalancerArn=arn:lb')).toEqual([
      { action: 'elasticloadbalancing:DeleteLoadBalancer', resource: 'arn:lb', context: { 'aws:ResourceTag/of': 'arn:lb' } },
    ])
  })

  it('that nobody here has heard of is not let through', () => {
    expect(() => needs('kms', 'TrentService.Decrypt', {})).toThrow(UnknownCall)
    expect(() => needs('ecs', 'AmazonEC2ContainerServiceV20141113.RunTask', {})).toThrow('ecs:RunTask')
  })
})

import { elementsOf, jsonCall, queryCall, restCall } from '../emulator/call.ts'

type Names = readonly string[]

/** What is there in the account, by kind and name. */
export const inventory = async (url: string): Promise<Readonly<Record<string, Names>>> => {
  const json = <T>(target: string) => jsonCall<T>(url, target)
  const xml = async (name: string, { version, action, element }: { version: string; action: string; element: string }) =>
    elementsOf(await queryCall(url, { name, version }, { Action: action }), element)
  const rest = async <T>(service: string, path: string) => JSON.parse(await restCall(url, service, { path })) as T
  const ec2 = (action: string, element: string) => xml('ec2', { version: '2016-11-15', action, element })

  const { TableNames } = await json<{ TableNames: Names }>('DynamoDB_20120810.ListTables')
  const { QueueUrls = [] } = await json<{ QueueUrls?: Names }>('AmazonSQS.ListQueues')
  const { SecretList } = await json<{ SecretList: { Name: string }[] }>('secretsmanager.ListSecrets')
  const { Rules } = await json<{ Rules: { Name: string }[] }>('AWSEvents.ListRules')
  const { logGroups = [] } = await json<{ logGroups?: { logGroupName: string }[] }>('Logs_20140328.DescribeLogGroups')
  const functions = await rest<{ Functions: { FunctionName: string }[] }>('lambda', '/2015-03-31/functions/')
  const mappings = await rest<{ EventSourceMappings: { UUID: string }[] }>('lambda', '/2015-03-31/event-source-mappings/')
  const { item: apis = [] } = await rest<{ item?: { id: string }[] }>('apigateway', '/restapis')
  return {
    tables: TableNames,
    queues: QueueUrls,
    secrets: SecretList.map(({ Name }) => Name),
    rules: Rules.map(({ Name }) => Name),
    logGroups: logGroups.map(({ logGroupName }) => logGroupName),
    functions: functions.Functions.map(({ FunctionName }) => FunctionName),
    mappings: mappings.EventSourceMappings.map(({ UUID }) => UUID),
    apis: apis.map(({ id }) => id),
    roles: await xml('iam', { version: '2010-05-08', action: 'ListRoles', element: 'RoleName' }),
    alarms: await xml('monitoring', { version: '2010-08-01', action: 'DescribeAlarms', element: 'AlarmName' }),
    dashboards: await xml('monitoring', { version: '2010-08-01', action: 'ListDashboards', element: 'DashboardName' }),
    groups: await xml('autoscaling', {
      version: '2011-01-01',
      action: 'DescribeAutoScalingGroups',
      element: 'AutoScalingGroupName',
    }),
    networks: await ec2('DescribeVpcs', 'vpcId'),
    securityGroups: await ec2('DescribeSecurityGroups', 'groupId'),
    launchTemplates: await ec2('DescribeLaunchTemplates', 'launchTemplateId'),
  }
}

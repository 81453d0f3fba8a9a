import { AwsError, elementsOf, queryCall, restCall } from '../emulator/call.ts'
import type { CloudFormationTemplate } from './adapt.ts'

const cloudFormation = { name: 'cloudformation', version: '2010-05-15' }

/** Creates a stack and waits for it. Answers physical ids by logical ids. */
export const createStack = async (url: string, name: string, template: CloudFormationTemplate): Promise<Map<string, string>> => {
  const path = `/templates/${name}.json`
  await restCall(url, 's3', { method: 'PUT', path: '/templates' })
  await restCall(url, 's3', { method: 'PUT', path, body: new TextEncoder().encode(JSON.stringify(template)) })
  await queryCall(url, cloudFormation, {
    Action: 'CreateStack',
    StackName: name,
    // A body has at most 51,200 bytes.
    TemplateURL: `${url}${path}`,
    'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
  })
  await stackIs('CREATE_COMPLETE', url, name)
  const resources = await queryCall(url, cloudFormation, { Action: 'DescribeStackResources', StackName: name })
  return new Map(
    elementsOf(resources, 'StackResources').flatMap((all) =>
      elementsOf(all, 'member').map((member) => [
        elementsOf(member, 'LogicalResourceId')[0] ?? '',
        elementsOf(member, 'PhysicalResourceId')[0] ?? '',
      ]),
    ),
  )
}

/** Deletes a stack and waits until it is gone. */
export const deleteStack = async (url: string, name: string): Promise<void> => {
  const described = await queryCall(url, cloudFormation, { Action: 'DescribeStacks', StackName: name })
  const [id = ''] = elementsOf(described, 'StackId')
  await queryCall(url, cloudFormation, { Action: 'DeleteStack', StackName: name })
  await stackIs('DELETE_COMPLETE', url, id)
}

const stackIs = async (wanted: string, url: string, StackName: string): Promise<void> => {
  for (;;) {
    const described = await queryCall(url, cloudFormation, { Action: 'DescribeStacks', StackName })
    const [status = ''] = elementsOf(described, 'StackStatus')
    if (status === wanted) return
    if (!status.endsWith('_IN_PROGRESS')) {
      const events = await queryCall(url, cloudFormation, { Action: 'DescribeStackEvents', StackName })
      throw new AwsError(`${StackName} is ${status}: ${elementsOf(events, 'ResourceStatusReason').join('; ')}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

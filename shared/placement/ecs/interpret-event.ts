import type { CloudEvent } from '../cloud-event.ts'
import { podVariables } from './ecs-placement.ts'

/** As EventBridge delivers events. */
export interface AwsEvent {
  readonly id: string
  readonly source: string
  readonly 'detail-type': string
  readonly detail: Readonly<Record<string, unknown>>
}

/** Pure. undefined: it is nothing to us. */
export const interpretEvent = (event: AwsEvent): CloudEvent | undefined => interpreters[event['detail-type']]?.(event.detail)

type Detail = AwsEvent['detail']

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
const record = (value: unknown): Detail => (typeof value === 'object' && value !== null ? (value as Detail) : {})

const interpreters: Readonly<Record<string, (detail: Detail) => CloudEvent | undefined>> = {
  'ECS Task State Change': (detail) => {
    if (detail.lastStatus !== 'STOPPED') return undefined
    const [override] = (record(detail.overrides).containerOverrides ?? []) as readonly unknown[]
    const environment = (record(override).environment ?? []) as readonly { name?: unknown; value?: unknown }[]
    const variable = (wanted: string) => text(environment.find(({ name }) => name === wanted)?.value)
    const namespace = variable(podVariables.namespace)
    const name = variable(podVariables.name)
    const uid = variable(podVariables.uid)
    return namespace && name && uid ? { type: 'roomChanged', pod: { namespace, name, uid } } : undefined
  },
  'ECS Container Instance State Change': (detail) => {
    const machine = { instanceId: text(detail.ec2InstanceId), host: text(detail.containerInstanceArn) }
    if (detail.status === 'DRAINING') return { type: 'machineEnding', machine, reason: 'its ECS container instance is draining' }
    return detail.status === 'INACTIVE' ? { type: 'machineGone', machine } : undefined
  },
  'EC2 Spot Instance Interruption Warning': (detail) => ({
    type: 'machineEnding',
    machine: { instanceId: text(detail['instance-id']) },
    reason: 'its spot instance is interrupted',
  }),
  'EC2 Instance-terminate Lifecycle Action': (detail) => {
    const group = text(detail.AutoScalingGroupName)
    const hook = text(detail.LifecycleHookName)
    const token = text(detail.LifecycleActionToken)
    return {
      type: 'machineEnding',
      machine: { instanceId: text(detail.EC2InstanceId) },
      reason: 'its Auto Scaling group takes it away',
      ...(group && hook && token && { hook: { group, hook, token } }),
    }
  },
  // Of an Auto Scaling group; EC2's own events name no group, and those of other instances would come too.
  'EC2 Instance Terminate Successful': ({ EC2InstanceId }) => ({
    type: 'machineGone',
    machine: { instanceId: text(EC2InstanceId) },
  }),
}

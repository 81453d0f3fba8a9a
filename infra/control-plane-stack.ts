import { CfnOutput, Duration, Lazy, Stack, type StackProps } from 'aws-cdk-lib'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import type { Construct } from 'constructs'
import type { Environment, FunctionName } from '../functions/wiring/variables.ts'
import { architectureOf } from './architecture.ts'
import type { ClusterConfiguration } from './configuration.ts'
import { Alarms } from './constructs/alarms.ts'
import { ApiGateway } from './constructs/api-gateway.ts'
import { ClockRule } from './constructs/clock-rule.ts'
import { ClusterDashboard } from './constructs/cluster-dashboard.ts'
import { ClusterFunction } from './constructs/cluster-function.ts'
import type { ClusterTable } from './constructs/cluster-table.ts'
import type { DataKey } from './constructs/data-key.ts'
import { EventRule, ecsEvents } from './constructs/event-rule.ts'
import { LoadBalancerGrant } from './constructs/load-balancer-grant.ts'
import { Machines } from './constructs/machines.ts'
import { Mailboxes } from './constructs/mailboxes.ts'
import { grantNodeGroupView } from './constructs/node-group-view.ts'
import { NodeTriggers } from './constructs/node-triggers.ts'
import { grantSecretVault, grantVaultSweep } from './constructs/secret-vault-grant.ts'
import { trigger, WorkQueues } from './constructs/work-queues.ts'
import { kubeconfigCommand } from './kubeconfig-command.ts'
import { variablesOf } from './variables.ts'

export interface ControlPlaneStackProps extends StackProps, ClusterConfiguration {
  readonly table: ClusterTable
  readonly dataKey: DataKey
}

/** Everything that runs only when there is something to do. */
export class ControlPlaneStack extends Stack {
  readonly queues: WorkQueues
  readonly mailboxes: Mailboxes
  readonly machines: Machines
  readonly gateway: ApiGateway
  readonly cloudEvents: ClusterFunction
  readonly reconcile: ClusterFunction
  readonly clock: ClusterFunction
  readonly #nodeTriggers: NodeTriggers
  /** what an agent is told, by the names of environment variables */
  readonly agentVariables: Readonly<Record<string, string>>

  constructor(scope: Construct, id: string, props: ControlPlaneStackProps) {
    super(scope, id, { description: "Windlass: a cluster's control plane", ...props })
    const { table, dataKey, clusterName } = props
    this.queues = new WorkQueues(this, 'Queues')
    this.#nodeTriggers = new NodeTriggers(this, 'NodeTriggers')
    this.mailboxes = new Mailboxes(this, 'Mailboxes', { clusterName })
    const architecture = architectureOf(props.instanceType)
    this.machines = new Machines(this, 'Machines', { architecture, shell: props.nodeShell })
    const { queues, mailboxes, machines } = this
    const environment = this.#environment(props)
    const add = (name: FunctionName, functionId: string, memoryMiB?: number) =>
      new ClusterFunction(this, functionId, { name, environment, ...(memoryMiB !== undefined && { memoryMiB }) })

    const api = add('api', 'ApiFunction', props.apiMemoryMiB)
    const dispatch = add('dispatch', 'Dispatch')
    const schedule = add('schedule', 'Schedule')
    const reconcile = add('reconcile', 'Reconcile')
    const place = add('place', 'Place')
    const heartbeat = add('heartbeat', 'Heartbeat')
    const clock = add('clock', 'Clock')
    const cloudEvents = add('cloud-events', 'CloudEvents')
    this.cloudEvents = cloudEvents
    this.reconcile = reconcile
    this.clock = clock

    for (const each of [api, dispatch, schedule, reconcile, place, clock, cloudEvents]) {
      table.grantStore(each)
      dataKey.grantRead(each)
      // for nodes that are told of changes, and that call webhooks for any write
      mailboxes.grantDeliver(each)
    }
    table.grantHeartbeats(heartbeat)
    for (const each of [dispatch, schedule, reconcile, place, clock, cloudEvents]) queues.grantSend(each)
    // extension servers that are not as they are held to be
    queues.reconcile.grant(api, 'sqs:SendMessage')
    mailboxes.grantManage(reconcile)
    machines.grantPlace(place)
    machines.grantSweep(clock)
    grantNodeGroupView(this, clock)
    for (const grantee of [api, reconcile]) grantSecretVault(this, { grantee, clusterName })
    grantVaultSweep(this, { grantee: clock, clusterName })
    new LoadBalancerGrant(this, 'LoadBalancers', { grantee: reconcile, clusterName })
    dataKey.grantRotate(clock)

    this.gateway = new ApiGateway(this, 'Gateway', { handler: api })
    table.feed(dispatch, { failures: queues.strayLetters })
    reconcile.addEventSource(trigger(queues.reconcile, { maxConcurrency: 20 }))
    clock.addEventSource(trigger(queues.timers, { maxConcurrency: 5 }))
    const asleep = this.#nodeTriggers
    asleep.add(schedule, queues.schedule, { maxConcurrency: 2 })
    asleep.add(place, queues.place, { maxConcurrency: 5 })
    asleep.add(heartbeat, queues.heartbeats, { batchSize: 100, maxBatchingWindow: Duration.seconds(10), maxConcurrency: 2 })
    asleep.grantSet(clock)
    for (const each of [clock, cloudEvents]) each.configureAsyncInvoke({ onFailure: new SqsDestination(queues.strayLetters) })
    new ClockRule(this, 'Minute', { clock })
    const pattern = ecsEvents(machines.clusterArn)
    new EventRule(this, 'EcsEvents', { description: "tasks' and instances' states", pattern, handler: cloudEvents })

    queues.heartbeats.grant(machines.instanceRole, 'sqs:SendMessage')
    mailboxes.grantRead(machines.instanceRole)
    table.grantAnswers(machines.instanceRole)
    this.agentVariables = {
      WINDLASS_SERVER: this.gateway.url,
      WINDLASS_HEARTBEAT_QUEUE_URL: queues.heartbeats.queueUrl,
      ...variablesOf(environment, ['clusterName', 'mailboxPrefix', 'ecsCluster', 'table', 'serviceCidr', 'podCidr']),
    }

    const functions = [api, dispatch, schedule, reconcile, place, heartbeat, clock, cloudEvents]
    new Alarms(this, 'Alarms', { queues, api: this.gateway.api, dispatch, clock, clusterName, email: props.alarmEmail })
    new ClusterDashboard(this, 'Dashboard', { api: this.gateway.api, functions, dispatch, queues, table, clusterName })
    new CfnOutput(this, 'ApiUrl', { value: this.gateway.url })
    new CfnOutput(this, 'KubeconfigCommand', {
      description: 'run it to point kubectl at the cluster',
      value: kubeconfigCommand({ clusterName, server: this.gateway.url, region: this.region }),
    })
  }

  #environment({ table, dataKey, clusterName, serviceCidr, podCidr, accessEntries }: ControlPlaneStackProps): Environment {
    const { queues, mailboxes, machines } = this
    // https://kubernetes.io/docs/reference/access-authn-authz/node/
    const nodes = {
      principalArn: machines.instanceRole.roleArn,
      username: 'system:node:{{SessionName}}',
      groups: ['system:nodes'],
    }
    return {
      table: table.tableName,
      clusterName,
      dataKeySecret: dataKey.secretArn,
      accessEntries: this.toJsonString([...JSON.parse(accessEntries), nodes]),
      serviceCidr,
      podCidr,
      reconcileQueueUrl: queues.reconcile.queueUrl,
      scheduleQueueUrl: queues.schedule.queueUrl,
      placeQueueUrl: queues.place.queueUrl,
      timersQueueUrl: queues.timers.queueUrl,
      deadLetterQueueUrl: queues.deadLetters.queueUrl,
      mailboxPrefix: mailboxes.prefix,
      ecsCluster: machines.clusterArn,
      taskDefinition: machines.taskDefinition.taskDefinitionArn,
      // Functions are told of one another's triggers, which are made after them.
      nodeTriggers: Lazy.string({ produce: () => this.#nodeTriggers.references }),
    }
  }
}

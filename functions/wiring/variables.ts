/** What the functions are told by their environment. `infra/` sets for each function what `neededBy` lists, under `variableNames`. */
export interface Environment {
  /** name of the DynamoDB table that holds the cluster */
  readonly table: string
  /** the cluster's id: the audience that STS tokens are signed for */
  readonly clusterName: string
  /** ARN of the secret that holds the data keys (`shared/secrets/secrets-manager/key-document.ts` says what is in it) */
  readonly dataKeySecret: string
  /** IAM principals and who they are, as JSON: AccessEntry[] of `shared/identity/access-entry.ts` */
  readonly accessEntries: string
  /** CIDR of Services */
  readonly serviceCidr: string
  /** CIDR of pods; each node gets a /24 of it */
  readonly podCidr: string
  readonly reconcileQueueUrl: string
  readonly scheduleQueueUrl: string
  readonly placeQueueUrl: string
  /** standard queue of work that is due later */
  readonly timersQueueUrl: string
  /** FIFO queue that takes what fails for good */
  readonly deadLetterQueueUrl: string
  /** names of nodes' mailboxes start with this; node names follow */
  readonly mailboxPrefix: string
  /** name or ARN of the ECS cluster */
  readonly ecsCluster: string
  /** family, or ARN, of the one task definition of all pods */
  readonly taskDefinition: string
  /** what hands out messages only while there are nodes: `id=queueUrl` each, with blanks between them */
  readonly nodeTriggers: string
}

export const variableNames = {
  table: 'WINDLASS_TABLE',
  clusterName: 'WINDLASS_CLUSTER_NAME',
  dataKeySecret: 'WINDLASS_DATA_KEY_SECRET',
  accessEntries: 'WINDLASS_ACCESS_ENTRIES',
  serviceCidr: 'WINDLASS_SERVICE_CIDR',
  podCidr: 'WINDLASS_POD_CIDR',
  reconcileQueueUrl: 'WINDLASS_RECONCILE_QUEUE_URL',
  scheduleQueueUrl: 'WINDLASS_SCHEDULE_QUEUE_URL',
  placeQueueUrl: 'WINDLASS_PLACE_QUEUE_URL',
  timersQueueUrl: 'WINDLASS_TIMERS_QUEUE_URL',
  deadLetterQueueUrl: 'WINDLASS_DEAD_LETTER_QUEUE_URL',
  mailboxPrefix: 'WINDLASS_MAILBOX_PREFIX',
  ecsCluster: 'WINDLASS_ECS_CLUSTER',
  taskDefinition: 'WINDLASS_TASK_DEFINITION',
  nodeTriggers: 'WINDLASS_NODE_TRIGGERS',
} as const satisfies Record<keyof Environment, string>

/** mailboxes: a write may call a webhook, which runs on a node */
const cluster = ['table', 'dataKeySecret', 'serviceCidr', 'mailboxPrefix'] as const
const queues = ['reconcileQueueUrl', 'scheduleQueueUrl', 'placeQueueUrl', 'timersQueueUrl', 'deadLetterQueueUrl'] as const
const controllers = ['podCidr', 'ecsCluster', 'taskDefinition'] as const

export const neededBy = {
  api: [...cluster, 'clusterName', 'accessEntries', 'reconcileQueueUrl'],
  dispatch: [...cluster, ...queues, ...controllers],
  schedule: [...cluster, ...queues],
  reconcile: [...cluster, ...queues, 'clusterName', 'podCidr'],
  place: [...cluster, ...queues, 'ecsCluster', 'taskDefinition'],
  heartbeat: ['table'],
  'cloud-events': [...cluster, ...queues],
  clock: [...cluster, ...queues, ...controllers, 'clusterName', 'nodeTriggers'],
} as const satisfies Record<string, readonly (keyof Environment)[]>

export type FunctionName = keyof typeof neededBy
export type EnvironmentOf<F extends FunctionName> = Pick<Environment, (typeof neededBy)[F][number]>

import type { FunctionName } from '../../functions/environment.ts'

export interface FunctionSize {
  readonly purpose: string
  readonly memoryMiB: number
  readonly timeoutSeconds: number
}

/** Every function. Processor time grows with memory: what people wait for gets more. */
export const functionTable: Readonly<Record<FunctionName, FunctionSize>> = {
  // A request lasts 15 minutes at most: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
  api: { purpose: 'answers requests to the Kubernetes API', memoryMiB: 512, timeoutSeconds: 900 },
  dispatch: { purpose: 'tells everybody concerned of changes', memoryMiB: 512, timeoutSeconds: 60 },
  schedule: { purpose: 'finds nodes for pods', memoryMiB: 1024, timeoutSeconds: 60 },
  reconcile: { purpose: 'brings objects to their desired state', memoryMiB: 512, timeoutSeconds: 120 },
  place: { purpose: "holds bound pods' room on their nodes", memoryMiB: 512, timeoutSeconds: 60 },
  heartbeat: { purpose: 'notes when nodes were last heard of', memoryMiB: 256, timeoutSeconds: 30 },
  'cloud-events': { purpose: 'takes up what happened to tasks and instances', memoryMiB: 512, timeoutSeconds: 60 },
  clock: { purpose: 'does what is due', memoryMiB: 512, timeoutSeconds: 300 },
}

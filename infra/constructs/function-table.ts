import type { FunctionName } from '../../functions/wiring/variables.ts'

export interface FunctionSize {
  readonly purpose: string
  readonly memoryMiB: number
  readonly timeoutSeconds: number
  /** files of `shared/resources/generated` that it reads at run time */
  readonly reads: readonly string[]
}

const builtInTypes = ['schemas.json', 'protobuf.json']

/** Every function. Processor time grows with memory: what people wait for gets more. */
export const functionTable: Readonly<Record<FunctionName, FunctionSize>> = {
  // A request lasts 15 minutes at most: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
  api: {
    purpose: 'answers requests to the Kubernetes API',
    memoryMiB: 512,
    timeoutSeconds: 900,
    reads: [...builtInTypes, 'descriptions.json', 'published.json'],
  },
  dispatch: { purpose: 'tells everybody concerned of changes', memoryMiB: 512, timeoutSeconds: 60, reads: builtInTypes },
  schedule: { purpose: 'finds nodes for pods', memoryMiB: 1024, timeoutSeconds: 60, reads: builtInTypes },
  reconcile: {
    purpose: 'brings objects to their desired state',
    memoryMiB: 512,
    timeoutSeconds: 60,
    reads: [...builtInTypes, 'template-shape.json'],
  },
  place: { purpose: "holds bound pods' room on their nodes", memoryMiB: 512, timeoutSeconds: 60, reads: builtInTypes },
  heartbeat: { purpose: 'notes when nodes were last heard of', memoryMiB: 256, timeoutSeconds: 30, reads: [] },
  'cloud-events': {
    purpose: 'takes up what happened to tasks and instances',
    memoryMiB: 512,
    timeoutSeconds: 60,
    reads: builtInTypes,
  },
  clock: { purpose: 'does what is due', memoryMiB: 512, timeoutSeconds: 300, reads: builtInTypes },
}

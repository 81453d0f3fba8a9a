import type { DeployedMapping } from '../deploy/deployment.ts'
import type { Tables } from '../emulator/tables.ts'
import type { LambdaHost } from './host.ts'

export interface MappingsOptions {
  readonly url: string
  /** where the stream is */
  readonly tables: Pick<Tables, 'url' | 'streamOf'>
  readonly host: LambdaHost
  readonly mappings: readonly DeployedMapping[]
  /** what Lambda itself asks SQS, which is paid for */
  readonly onPoll?: (queueArn: string, requests: number) => void
  /** what happens to records of the stream on their way; @default nothing */
  readonly disturb?: <T>(records: readonly T[]) => readonly T[][]
}

export interface Mapping extends DeployedMapping {
  readonly isOn: () => boolean
}

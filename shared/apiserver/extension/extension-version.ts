import type { APIService } from '../../resources/apiregistration/resource.ts'

/** An APIService that leads to a Service. */
export type ExtensionService = APIService & { readonly spec: { readonly service: NonNullable<APIService['spec']['service']> } }

/** A version of a group that another server answers for, as discovery shows it. */
export interface ExtensionVersion {
  readonly group: string
  readonly version: string
  readonly groupPriority: number
  readonly versionPriority: number
  readonly service: ExtensionService
}

import { type ApiError, forbidden } from '../../../meta/status.ts'
import type { AdmissionAttributes, AdmissionEnvironment } from '../admission.ts'

/** A write of a node. */
export interface NodeRequest {
  readonly node: string
  readonly attributes: AdmissionAttributes
  readonly environment: AdmissionEnvironment
}

/** Throws the ApiError to answer. */
export type Check = (request: NodeRequest) => Promise<void> | void

export const refuse = ({ attributes: { definition, name } }: NodeRequest, message: string): ApiError =>
  forbidden(definition.group, definition.plural, name, message)

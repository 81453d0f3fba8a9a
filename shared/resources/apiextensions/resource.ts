import type { KubeObject } from '../../meta/object.ts'
import type * as wire from '../generated/types.ts'
import type { JsonSchema } from './json-schema.ts'

export interface CrdVersion extends Omit<wire.CustomResourceDefinitionVersion, 'schema'> {
  schema?: { openAPIV3Schema?: JsonSchema | undefined } | undefined
}

export interface CrdSpec extends Omit<wire.CustomResourceDefinitionSpec, 'versions'> {
  versions: CrdVersion[]
}

export type CrdNames = wire.CustomResourceDefinitionNames
export type CrdCondition = wire.CustomResourceDefinitionCondition

/** A CustomResourceDefinition as it is stored, with what the server always writes. */
export interface CustomResourceDefinition extends KubeObject {
  spec: CrdSpec
  status: {
    acceptedNames: CrdNames
    conditions?: CrdCondition[] | null | undefined
    storedVersions?: string[] | null | undefined
  }
}

export const conditionOf = ({ status }: CustomResourceDefinition, type: string): CrdCondition | undefined =>
  status.conditions?.find((condition) => condition.type === type)

export const isTrue = (definition: CustomResourceDefinition, type: string): boolean =>
  conditionOf(definition, type)?.status === 'True'

/** The one whose form is stored. */
export const storageVersionOf = ({ spec }: Pick<CustomResourceDefinition, 'spec'>): CrdVersion | undefined =>
  spec.versions?.find(({ storage }) => storage)

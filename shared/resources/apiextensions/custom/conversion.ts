import { apiVersionOf, type KubeObject } from '../../../meta/object.ts'
import { ApiError } from '../../../meta/status.ts'
import { fillDefaults } from '../../../meta/structural/fill-defaults.ts'
import { dropNulls } from '../../../meta/structural/nulls.ts'
import { prune } from '../../../meta/structural/prune.ts'
import type { Structural } from '../../../meta/structural/structural.ts'
import type { CustomResourceDefinition } from '../resource.ts'

export interface Conversion {
  /** To a version, from whichever the object is in, which it may change: what the version does not know goes. Throws ApiError for what nobody can convert. */
  readonly to: (object: KubeObject, version: string) => KubeObject
  /** A stored object as its version has it now, in place: what a schema no longer knows goes, and what it now has for nothing is there. */
  readonly asStored: (object: KubeObject) => KubeObject
}

/** What somebody else makes of an object that is of another apiVersion; another object. */
export type ConvertElsewhere = (object: KubeObject, apiVersion: string) => KubeObject

/** Between versions of a custom kind. Undefined for a structure: the version keeps all that it gets. */
export const conversionOf = (
  { spec: { group } }: CustomResourceDefinition,
  structures: ReadonlyMap<string, Structural | undefined>,
  elsewhere: ConvertElsewhere | undefined,
): Conversion => {
  const clean = (object: KubeObject, version: string): void => {
    const structure = structures.get(version)
    if (!structure) return
    prune(object, structure, true)
    dropNulls(object, structure)
  }
  const versionOf = ({ apiVersion = '' }: KubeObject) => apiVersion.slice(apiVersion.lastIndexOf('/') + 1)
  return {
    to: (object, version) => {
      const from = object.apiVersion ?? ''
      const apiVersion = apiVersionOf(group, version)
      if (from === apiVersion) return object
      if (!structures.has(versionOf(object))) {
        throw new ApiError('Unknown', `request to convert CR from an invalid group/version: ${from}`, { code: 500 })
      }
      const converted = elsewhere && !isVoid(object) ? elsewhere(object, apiVersion) : object
      converted.apiVersion = apiVersion
      clean(converted, version)
      return converted
    },
    asStored: (object) => {
      const version = versionOf(object)
      clean(object, version)
      fillDefaults(object, structures.get(version))
      return object
    },
  }
}

/** Of an object before it is made there is nothing to convert. */
const isVoid = ({ apiVersion: _apiVersion, kind: _kind, metadata, ...others }: KubeObject): boolean =>
  Object.keys(others).length === 0 && Object.keys(metadata ?? {}).length === 0

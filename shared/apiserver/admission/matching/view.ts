import { apiVersionOf, type KubeObject } from '../../../meta/object.ts'
import { fromStored, toStored } from '../../objects/served-version.ts'
import type { AdmissionAttributes } from '../admission.ts'
import type { AskedResource } from './asked.ts'

/** An object of a request as one of a resource that it matched; may share its parts. */
export const viewOf = async (
  { definition, bodyKind }: AdmissionAttributes,
  { servedAs, kind }: AskedResource,
  object: KubeObject,
): Promise<KubeObject> => {
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = bodyKind ? object : await fromStored({ definition, servedAs }, object)
  return { kind: kind.kind, apiVersion: apiVersionOf(kind.group, kind.version), ...rest } as KubeObject
}

/** The other way: a decoded view, defaulted. */
export const fromView = async (
  { definition, bodyKind, context }: AdmissionAttributes,
  { servedAs }: AskedResource,
  view: KubeObject,
): Promise<KubeObject> => (bodyKind ? view : toStored({ definition, servedAs, parts: context.parts }, view))

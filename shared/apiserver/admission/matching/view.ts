import { apiVersionOf, type KubeObject } from '../../../meta/object.ts'
import { fromStored, toStored, whenReadied } from '../../objects/served-version.ts'
import type { AdmissionAttributes } from '../admission.ts'
import type { AskedResource } from './asked.ts'

/** An object of a request as one of a resource that it matched; may share its parts. */
export const viewOf = async (
  { definition, bodyKind, context }: AdmissionAttributes,
  { servedAs, kind }: AskedResource,
  object: KubeObject,
): Promise<KubeObject> => {
  const {
    kind: _kind,
    apiVersion: _apiVersion,
    ...rest
  } = bodyKind
    ? object
    : // Who converts may change what it is given, and may be asked several times.
      await whenReadied(context, () =>
        fromStored({ definition, servedAs }, context.conversions ? structuredClone(object) : object),
      )
  return { kind: kind.kind, apiVersion: apiVersionOf(kind.group, kind.version), ...rest } as KubeObject
}

/** The other way: a decoded view, defaulted. */
export const fromView = async (
  { definition, bodyKind, context }: AdmissionAttributes,
  { servedAs }: AskedResource,
  view: KubeObject,
): Promise<KubeObject> =>
  bodyKind
    ? view
    : whenReadied(context, () =>
        toStored({ definition, servedAs, parts: context.parts }, context.conversions ? structuredClone(view) : view),
      )

import type { FieldError } from '../../meta/field-error.ts'
import type { KubeObject } from '../../meta/object.ts'
import type { ResourceContext } from '../context.ts'

/** What is around an object makes of it; undefined: the kind asks for nothing, and there is nothing to wait for. */
export const validateAround = (
  { definition, parts }: ResourceContext,
  object: KubeObject,
  { subresource, old }: { subresource: string; old: KubeObject | undefined },
): Promise<FieldError[]> | undefined =>
  definition.validateAround?.(object, {
    subresource,
    old,
    lookup: (resource, namespace, name) => parts.currentObjects.reader(0).get(resource, namespace, name),
  })

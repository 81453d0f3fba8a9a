import type { FieldError } from '../../../../meta/field-error.ts'
import type { Container, PodSpec } from '../../../generated/types.ts'
import { each } from '../../../validation/value.ts'

/** Every container of a pod, in upstream's order. */
export const eachContainer = (
  path: string,
  spec: PodSpec,
  visit: (containerPath: string, container: Container) => FieldError[],
): FieldError[] => [
  ...each(`${path}.initContainers`, spec.initContainers, visit),
  ...each(`${path}.containers`, spec.containers, visit),
]

import { duplicateValue, type FieldError, forbiddenField, notFoundValue } from '../../../../meta/field-error.ts'
import type { Container } from '../../../generated/types.ts'
import { createSeen, each } from '../../../validation/value.ts'
import { type Surroundings, validateContainer } from './container.ts'
import { validateImage } from './update.ts'

/** What a container that only looks around may not have, in upstream's order. */
const notForEphemeral = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const

export const validateEphemeralContainers = (path: string, around: Surroundings): FieldError[] => {
  const { spec } = around
  const others = [...spec.containers, ...(spec.initContainers ?? [])].map(({ name }) => name)
  const seen = createSeen()
  for (const name of others) seen(name)
  return each(path, spec.ephemeralContainers, (containerPath, container) => {
    const { name, targetContainerName: target } = container
    const refused = (field: string) => forbiddenField(`${containerPath}.${field}`, 'cannot be set for an Ephemeral Container')
    return [
      ...validateContainer(containerPath, container as Container, around),
      ...(container.image ? validateImage(containerPath, container as Container) : []),
      ...(seen(name) ? [duplicateValue(`${containerPath}.name`, name ?? '')] : []),
      ...(target && !others.includes(target) ? [notFoundValue(`${containerPath}.targetContainerName`, target)] : []),
      ...notForEphemeral.filter((field) => isSet(container[field])).map(refused),
      ...(container.volumeMounts ?? []).flatMap(({ subPath, subPathExpr }, index) => [
        ...(subPath ? [refused(`volumeMounts[${index}].subPath`)] : []),
        ...(subPathExpr ? [refused(`volumeMounts[${index}].subPathExpr`)] : []),
      ]),
    ]
  })
}

const isSet = (value: unknown) =>
  value !== undefined &&
  value !== null &&
  !(typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0)

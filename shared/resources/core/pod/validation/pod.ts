import { type FieldError, forbiddenField } from '../../../../meta/field-error.ts'
import type { Pod } from '../../../resource.ts'
import { each } from '../../../validation/value.ts'
import { validatePodAnnotations } from './annotation.ts'
import { eachContainer } from './each-container.ts'
import { validateProfileMatch } from './profile-match.ts'
import { validatePodSpec } from './spec.ts'
import { validateImage } from './update.ts'

export const validatePod = ({ metadata, spec }: Pod): FieldError[] => [
  ...validatePodAnnotations('metadata.annotations', metadata.annotations, spec),
  ...validatePodSpec('spec', spec, { isPod: true, name: metadata.name }),
  ...(spec.serviceAccountName
    ? []
    : each('spec.volumes', spec.volumes, (path, { projected }) =>
        each(`${path}.projected.sources`, projected?.sources, (sourcePath, { serviceAccountToken }) =>
          serviceAccountToken
            ? [forbiddenField(`${sourcePath}.serviceAccountToken`, 'must not be specified when serviceAccountName is not set')]
            : [],
        ),
      )),
  // a missing image is found as part of the spec
  ...eachContainer('spec', spec, (path, container) => (container.image ? validateImage(path, container) : [])),
]

/** Behind the findings of validatePod. */
export const validatePodCreate = ({ metadata, spec }: Pod): FieldError[] => [
  ...(spec.ephemeralContainers?.length ? [forbiddenField('spec.ephemeralContainers', 'cannot be set on create')] : []),
  ...(spec.nodeName && spec.schedulingGates?.length
    ? [forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')]
    : []),
  ...validateProfileMatch('spec', metadata, spec),
]

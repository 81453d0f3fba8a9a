import { labelsText } from '../../meta/label-selector.ts'
import { containerColumns, text } from '../column.ts'
import { define } from '../definition.ts'
import type { PodTemplate } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import { defaultPodTemplate } from './pod/defaults.ts'
import { validatePodTemplate } from './pod/validation/template.ts'
import { podTemplateWarnings } from './pod/warnings.ts'

export const podTemplate = define<PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  singular: 'podtemplate',
  namespaced: true,
  schema: 'io.k8s.api.core.v1.PodTemplate',
  hasGeneration: true,
  default: (object) => {
    object.template ??= {}
    defaultPodTemplate(object.template)
  },
  validate: ({ template }) => validatePodTemplate('template', template ?? {}),
  returnsDeleted: true,
  warnings: ({ template }, old) =>
    old && isEquivalent(template, old.template) ? [] : podTemplateWarnings('template', template ?? {}),
  columns: [
    ...containerColumns<PodTemplate>(({ template }) => template?.spec?.containers).map((column) => ({ ...column, priority: 0 })),
    text('Pod Labels', 'The labels for the pod template.', ({ template }) => labelsText(template?.metadata?.labels) || '<none>'),
  ],
})

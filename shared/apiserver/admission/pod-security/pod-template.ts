import type { KubeObject } from '../../../meta/object.ts'
import type { PodTemplateSpec } from '../../../resources/generated/types.ts'
import { type Checked, checkedOf } from './check.ts'

interface WithTemplate {
  readonly template?: PodTemplateSpec | undefined
  readonly spec?: WithTemplate & { readonly jobTemplate?: WithTemplate | undefined }
}

/** Where the kinds that make pods, by group and plural, have the template. */
const templates: Readonly<Record<string, (object: WithTemplate) => PodTemplateSpec | undefined>> = {
  '/replicationcontrollers': ({ spec }) => spec?.template,
  '/podtemplates': ({ template }) => template,
  'apps/replicasets': ({ spec }) => spec?.template,
  'apps/deployments': ({ spec }) => spec?.template,
  'apps/statefulsets': ({ spec }) => spec?.template,
  'apps/daemonsets': ({ spec }) => spec?.template,
  'batch/jobs': ({ spec }) => spec?.template,
  'batch/cronjobs': ({ spec }) => spec?.jobTemplate?.spec?.template,
}

const keyOf = (group: string, plural: string) => `${group}/${plural}`

export const makesPods = ({ group, plural }: { readonly group: string; readonly plural: string }): boolean =>
  Object.hasOwn(templates, keyOf(group, plural))

/** The pods that an object will make; undefined: it says nothing of them. */
export const templateOf = (
  { group, plural }: { readonly group: string; readonly plural: string },
  object: KubeObject,
): Checked | undefined => {
  const template = templates[keyOf(group, plural)]?.(object as WithTemplate)
  return template?.spec && checkedOf(template.metadata, template.spec)
}

import type { KubeObject } from '../../meta/object.ts'
import { defaultPodTemplate } from '../../resources/core/pod/defaults.ts'
import type { PodTemplateSpec } from '../../resources/generated/types.ts'
import type { ControllerRevision } from '../../resources/resource.ts'
import { fnv32, safeEncode } from '../hash.ts'
import { goJson, inGoOrder } from './go-json.ts'

/** What kept the history: a set of pods with a template. */
export interface RevisionOwner extends KubeObject {
  readonly spec: { readonly template: PodTemplateSpec }
}

/** What a revision holds: a strategic merge patch that puts the template back. */
export const templatePatch = (template: PodTemplateSpec): unknown =>
  inGoOrder({ spec: { template: { ...template, $patch: 'replace' } } })

export const templateOf = ({ data }: ControllerRevision): PodTemplateSpec => {
  const { spec } = (data ?? {}) as { spec?: { template?: PodTemplateSpec & { $patch?: string } } }
  const { $patch: _, ...template } = spec?.template ?? {}
  return template
}

/** Whether a revision holds this template, to the byte. */
export const holdsTemplate = ({ data }: ControllerRevision, template: PodTemplateSpec): boolean =>
  goJson(data) === goJson(templatePatch(template))

/** Whether it says the same, be it in the words of another version. */
export const saysTheSame = (revision: ControllerRevision, template: PodTemplateSpec): boolean => {
  if (holdsTemplate(revision, template)) return true
  const restored = withoutNulls(templateOf(revision))
  defaultPodTemplate(restored)
  return goJson(restored) === goJson(template)
}

/** A copy. */
const withoutNulls = (template: PodTemplateSpec): PodTemplateSpec =>
  JSON.parse(goJson(template), (_, field: unknown) => (field === null ? undefined : field))

/** `collisionCount` moves it away from a taken name. */
export const dataHash = (data: unknown, collisionCount: number): string =>
  safeEncode(fnv32(String(collisionCount), fnv32(goJson(data))))

/** The owner's name, cut so that it is a name with the hash. */
export const revisionName = (owner: string, hash: string): string => `${owner.slice(0, 223)}-${hash}`

export const revisionNumber = ({ revision }: ControllerRevision): number => Number(revision)

export const oldestRevisionFirst = (a: ControllerRevision, b: ControllerRevision): number =>
  revisionNumber(a) - revisionNumber(b) ||
  compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
  compare(a.metadata.name, b.metadata.name)

const compare = (a = '', b = '') => (a < b ? -1 : a > b ? 1 : 0)

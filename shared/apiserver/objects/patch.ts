import { parse } from '../../meta/decode.ts'
import type { KubeObject } from '../../meta/object.ts'
import { applyJsonPatch, readJsonPatch } from '../../meta/patch/json-patch.ts'
import { applyMergePatch } from '../../meta/patch/merge-patch.ts'
import { applyStrategicMergePatch } from '../../meta/patch/strategic-merge-patch.ts'
import type { SchemaTable } from '../../meta/schema.ts'
import { ApiError, badRequest } from '../../meta/status.ts'
import { bodyLimitBytes, unsupportedMediaType } from '../body.ts'
import type { ResourceContext } from '../context.ts'

export interface PatchTarget {
  /** in the schema table */
  readonly schema: string
  readonly schemas: SchemaTable
}

/** A patch that is read and checked. The object it is applied to is not changed. */
export interface ReadPatch {
  readonly apply: (object: KubeObject, target: PatchTarget) => unknown
}

type PatchReader = (value: unknown, context: ResourceContext) => ReadPatch['apply']

const readers: Readonly<Record<string, PatchReader>> = {
  'application/json-patch+json': (value, { warnings }) => {
    const read = readJsonPatch(value)
    warnings.push(...read.warnings)
    return (object) => applyJsonPatch(object, read.operations)
  },
  'application/merge-patch+json': (value) => (object) => applyMergePatch(object, value),
  'application/strategic-merge-patch+json': (value) => (object, target) =>
    applyStrategicMergePatch(object as unknown as Parameters<typeof applyStrategicMergePatch>[0], value, target),
}

const apply = 'application/apply-patch+yaml'

export const readPatch = async (context: ResourceContext): Promise<ReadPatch> => {
  const { request } = context
  const type = (request.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === apply) {
    throw new ApiError('UnsupportedMediaType', `${apply}: server-side apply is not supported yet; use client-side apply`)
  }
  const reader = Object.hasOwn(readers, type) ? readers[type] : undefined
  if (!reader) throw unsupportedMediaType(type, Object.keys(readers))
  const bytes = await request.body(bodyLimitBytes)
  const { value } = parse(bytes, { contentType: 'application/json', kind: context.definition.kind, strict: false })
  if (value === null || typeof value !== 'object') throw badRequest('invalid JSON document')
  const applied = reader(value, context)
  // The result may share parts of the patch, which is applied again after a conflict.
  return { apply: (object, target) => structuredClone(applied(object, target)) }
}

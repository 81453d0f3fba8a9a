import type { KubeObject } from '../../meta/object.ts'
import { badRequest } from '../../meta/status.ts'
import type { Column, KindDefinition } from '../../resources/definition.ts'
import type { ResourceContext } from '../context.ts'
import { fromStored } from '../objects/served-version.ts'
import type { ApiRequest } from '../request.ts'
import { partialMetadata } from './partial-metadata.ts'

const descriptions = {
  name: 'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  created:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
}

const createdColumn: Column<KubeObject> = {
  name: 'Created At',
  type: 'date',
  description: descriptions.created,
  priority: 0,
  cell: ({ metadata }) => metadata.creationTimestamp,
}

const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: descriptions.name,
  priority: 0,
  cell: ({ metadata }) => metadata.name,
}

const columnsOf = ({ columns = [createdColumn] }: KindDefinition) =>
  columns.some(({ name }) => name === 'Name') ? columns : [nameColumn, ...columns]

export type IncludeObject = 'Metadata' | 'Object' | 'None'

const includeObjectOf = ({ query }: Pick<ApiRequest, 'query'>): IncludeObject => {
  const asked = query.get('includeObject') || 'Metadata'
  if (asked === 'Metadata' || asked === 'Object' || asked === 'None') return asked
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(asked)}: must be 'Metadata', 'Object', 'None', or empty`,
  )
}

export interface TableOptions {
  readonly definition: KindDefinition
  readonly version: 'v1' | 'v1beta1'
  readonly includeObject: IncludeObject
  readonly nowMs: number
  /** further events of a watch come without */
  readonly headers: boolean
  /** a stored object as the version asked for */
  readonly shown: (object: KubeObject) => KubeObject
}

export const tableOptions = (context: ResourceContext, version: TableOptions['version']): TableOptions => {
  const { definition, parts, request } = context
  return {
    definition,
    version,
    includeObject: includeObjectOf(request),
    nowMs: parts.clock.now(),
    headers: !request.query.has('noHeaders'),
    shown: (object) => fromStored(context, object),
  }
}

const columnDefinitions = (definition: KindDefinition) =>
  columnsOf(definition)
    .filter(({ undeclared }) => !undeclared)
    .map(({ name, type, format = '', description, priority }) => ({
      name,
      type,
      format,
      description,
      priority,
    }))

const row = (object: KubeObject, { definition, version, includeObject, nowMs, shown }: TableOptions) => ({
  cells: columnsOf(definition).map((column) => column.cell(object, nowMs) ?? null),
  object: includeObject === 'None' ? null : includeObject === 'Object' ? shown(object) : partialMetadata(object, version),
})

/** The objects as meta.k8s.io Table. */
export const table = (objects: readonly KubeObject[], metadata: Record<string, unknown>, options: TableOptions) => ({
  kind: 'Table',
  apiVersion: `meta.k8s.io/${options.version}`,
  metadata,
  columnDefinitions: options.headers ? columnDefinitions(options.definition) : null,
  rows: objects.map((object) => row(object, options)),
})

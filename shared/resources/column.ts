import { humanAge } from '../meta/duration.ts'
import type { KubeObject } from '../meta/object.ts'
import type { Column } from './definition.ts'
import type { Container } from './generated/types.ts'

type Cell<T> = Column<T>['cell']

const column =
  (type: Column<unknown>['type'], priority: number) =>
  <T>(name: string, description: string, cell: Cell<T>): Column<T> => ({ name, type, description, priority, cell })

export const text = column('string', 0)
export const integer = column('integer', 0)
export const boolean = column('boolean', 0)
/** shown with -o wide */
export const wide = column('string', 1)

export const nameColumn = (priority: number): Column<KubeObject> => ({
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  priority,
  cell: (object) => object.metadata.name,
})

export const age: Column<KubeObject> = text(
  'Age',
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
  (object, nowMs) => humanAge(object.metadata.creationTimestamp, nowMs),
)

/** The two wide columns of everything that has a pod template. */
export const containerColumns = <T>(containersOf: (object: T) => readonly Container[] | undefined): Column<T>[] => [
  wide('Containers', 'Names of each container in the template.', (object) =>
    (containersOf(object) ?? []).map((container) => container.name).join(','),
  ),
  wide('Images', 'Images referenced by each container in the template.', (object) =>
    (containersOf(object) ?? []).map((container) => container.image ?? '').join(','),
  ),
]

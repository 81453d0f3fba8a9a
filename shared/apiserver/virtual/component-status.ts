import { Buffer } from 'node:buffer'
import type { KubeObject } from '../../meta/object.ts'
import { notFound } from '../../meta/status.ts'
import { text } from '../../resources/column.ts'
import { define } from '../../resources/definition.ts'
import type * as wire from '../../resources/generated/types.ts'
import type { VirtualResource } from '../context.ts'
import { listOptionsOf } from '../objects/list-options.ts'
import { selectionOf } from '../objects/selection.ts'
import { listForms, negotiate, objectForms } from '../represent/negotiate.ts'
import { respondJsonBytes, respondObject } from '../represent/respond.ts'
import { respondList } from '../represent/respond-list.ts'

type ComponentStatus = wire.ComponentStatus & KubeObject

/** Upstream's names. Here they are parts of the server that answers, or of what it reads: it could not tell if they were not there. */
const components: readonly ComponentStatus[] = ['scheduler', 'controller-manager', 'etcd-0'].map((name) => ({
  metadata: { name },
  conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
}))

const healthy = ({ conditions }: ComponentStatus) => conditions?.find(({ type }) => type === 'Healthy')
const bytesOf = (value: object) => Buffer.from(JSON.stringify(value))

export const componentStatuses: VirtualResource = {
  definition: define<ComponentStatus>({
    group: '',
    version: 'v1',
    kind: 'ComponentStatus',
    plural: 'componentstatuses',
    singular: 'componentstatus',
    shortNames: ['cs'],
    namespaced: false,
    schema: 'io.k8s.api.core.v1.ComponentStatus',
    verbs: ['get', 'list'],
    deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
    columns: [
      text('Status', 'Status of the component conditions', (object) =>
        healthy(object)?.status === 'True' ? 'Healthy' : 'Unhealthy',
      ),
      text('Message', 'Message of the component conditions', (object) => healthy(object)?.message ?? ''),
      text('Error', 'Error of the component conditions', (object) => healthy(object)?.error ?? ''),
    ],
  }),
  get: async (context) => {
    const { request, info } = context
    const representation = negotiate(request, objectForms)
    const found = components.find(({ metadata }) => metadata.name === info.name)
    if (!found) throw notFound('', 'componentstatus', info.name)
    return respondObject(context, representation, { bytes: bytesOf({ kind: 'ComponentStatus', apiVersion: 'v1', ...found }) })
  },
  list: async (context) => {
    const { request } = context
    const representation = negotiate(request, listForms)
    listOptionsOf(request, false)
    const { name, matches } = selectionOf(context)
    const items = components.filter((one) => (name === undefined || one.metadata.name === name) && (matches?.(one) ?? true))
    if (representation.as !== 'Object') return respondList(context, representation, { values: items.map(bytesOf), metadata: {} })
    const list = { kind: 'ComponentStatusList', apiVersion: 'v1', metadata: {}, items }
    return respondJsonBytes(request, 200, { bytes: bytesOf(list), media: representation.media })
  },
}

import { Buffer } from 'node:buffer'
import type { KubeObject } from '../../../meta/object.ts'
import { notFound } from '../../../meta/status.ts'
import type { KindDefinition } from '../../../resources/definition.ts'
import { nodeMetricsDefinition, podMetricsDefinition } from '../../../resources/metrics/definitions.ts'
import { type KnownUsage, nodeMetricsOf, podMetricsOf } from '../../../resources/metrics/objects.ts'
import type { Node, Pod } from '../../../resources/resource.ts'
import type { Heartbeats } from '../../../storage/heartbeats.ts'
import type { ResourceContext, VirtualResource } from '../../context.ts'
import { decodeStored } from '../../objects/encode.ts'
import { listOptionsOf } from '../../objects/list-options.ts'
import { selectedPage } from '../../objects/selected-page.ts'
import { selectionOf } from '../../objects/selection.ts'
import { listKindOf } from '../../registry.ts'
import { listForms, negotiate, objectForms } from '../../represent/negotiate.ts'
import { respondJsonBytes, respondObject } from '../../represent/respond.ts'
import { respondList } from '../../represent/respond-list.ts'

/** A resource of metrics over the objects that are measured. */
interface Measured<T extends KubeObject> {
  readonly definition: KindDefinition
  /** whose objects they are: `pods` */
  readonly resource: string
  /** how a measurement that is missing is called: upstream's, which is no resource */
  readonly missing: string
  readonly missingName: (object: T) => string
  /** which node knows */
  readonly nodeOf: (object: T) => string
  readonly metricsOf: (object: T, known: KnownUsage | undefined, nowMs: number) => KubeObject | undefined
}

/** `metrics.k8s.io`, out of what agents say with their heartbeats. */
export const createMetricsResources = (heartbeats: Pick<Heartbeats, 'all' | 'usages'>): VirtualResource[] => [
  createMeasured<Node>(heartbeats, {
    definition: nodeMetricsDefinition,
    resource: 'nodes',
    missing: 'nodemetrics',
    missingName: ({ metadata }) => metadata.name,
    nodeOf: ({ metadata }) => metadata.name,
    metricsOf: nodeMetricsOf,
  }),
  createMeasured<Pod>(heartbeats, {
    definition: podMetricsDefinition,
    resource: 'pods',
    missing: 'podmetrics',
    missingName: ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
    nodeOf: ({ spec }) => spec.nodeName ?? '',
    metricsOf: podMetricsOf,
  }),
]

const createMeasured = <T extends KubeObject>(
  heartbeats: Pick<Heartbeats, 'all' | 'usages'>,
  measured: Measured<T>,
): VirtualResource => {
  const { definition, resource, nodeOf } = measured
  const metricsOf = async (objects: readonly T[], nowMs: number): Promise<KubeObject[]> => {
    const nodes = [...new Set(objects.map(nodeOf))].filter(Boolean)
    if (nodes.length === 0) return []
    const [heard, usages] = await Promise.all([heartbeats.all(), heartbeats.usages(nodes)])
    const known = (node: string): KnownUsage | undefined => {
      const usage = usages.get(node)
      return usage && { usage, heardMs: heard.get(node) ?? 0 }
    }
    return objects.flatMap((object) => measured.metricsOf(object, known(nodeOf(object)), nowMs) ?? [])
  }
  return {
    definition,
    get: async (context) => {
      const { request, info, parts } = context
      const representation = negotiate(request, objectForms)
      const entry = await parts.store.get({ resource, namespace: info.namespace, name: info.name })
      if (!entry) throw notFound('', resource, info.name)
      const object = decodeStored(entry.value) as T
      const [found] = await metricsOf([object], parts.clock.now())
      if (!found) throw notFound(definition.group, measured.missing, measured.missingName(object))
      return respondObject(context, representation, { bytes: bytesOf({ ...typeOf(definition.kind, definition), ...found }) })
    },
    list: async (context) => {
      const { request, parts } = context
      const representation = negotiate(request, listForms)
      listOptionsOf(request, false)
      const items = await metricsOf(await selected<T>(context, resource), parts.clock.now())
      if (representation.as !== 'Object')
        return respondList(context, representation, { values: items.map(bytesOf), metadata: {} })
      const list = { ...typeOf(listKindOf(definition), definition), metadata: {}, items }
      return respondJsonBytes(request, 200, { bytes: bytesOf(list), media: representation.media })
    },
  }
}

const typeOf = (kind: string, { group, version }: KindDefinition) => ({ kind, apiVersion: `${group}/${version}` })
const bytesOf = (value: object) => Buffer.from(JSON.stringify(value))

/** In order of namespace and name. */
const selected = async <T extends KubeObject>(context: ResourceContext, resource: string): Promise<T[]> => {
  const { info, parts } = context
  const selection = selectionOf(context)
  const namespace = info.namespace || undefined
  const { values } = await selectedPage(parts.store, {
    ...{ resource, namespace, selection, limit: undefined, at: undefined, after: undefined },
  })
  return values.map((value) => decodeStored(value) as T)
}

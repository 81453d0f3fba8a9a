import type { Informer } from '../../shared/client/informer.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import { serviceNameLabel } from '../../shared/resources/discovery/service-name-label.ts'
import type { EndpointSlice, Pod, Service } from '../../shared/resources/resource.ts'

/** Knows when nobody sends to a pod any more that is going to end. */
export interface EndpointDepartures {
  /** Resolves when no Service that this node knows of sends requests to the pod, or the signal aborts; at once when none does. */
  left(pod: Pod, signal: AbortSignal): Promise<void>
}

export interface EndpointDeparturesOptions {
  readonly services: Pick<Informer<Service>, 'get'>
  readonly endpointSlices: Pick<Informer<EndpointSlice>, 'list' | 'onChange'>
  /** how much later than this one other nodes may come to know of a change */
  readonly othersLaterMs: number
  readonly clock: Clock
}

/**
 * A pod that is told to stop at the moment of its deletion is still sent requests by every node that has not heard of it. What changes its
 * endpoints comes to this node as it comes to the others, however slowly: having seen it go is worth more than any fixed delay.
 */
export const createEndpointDepartures = (options: EndpointDeparturesOptions): EndpointDepartures => {
  const { services, endpointSlices, othersLaterMs, clock } = options
  const sendsTo = ({ metadata }: EndpointSlice, namespace: string) => {
    if (metadata.namespace !== namespace) return false
    // Such a Service sends to its pods to their very end.
    return !services.get(namespace, metadata.labels?.[serviceNameLabel] ?? '')?.spec.publishNotReadyAddresses
  }
  const isSentTo = ({ metadata: { namespace = '', uid } }: Pod) =>
    endpointSlices
      .list()
      .some(
        (slice) =>
          sendsTo(slice, namespace) &&
          slice.endpoints?.some(({ targetRef, conditions }) => targetRef?.uid === uid && conditions?.ready !== false),
      )
  return {
    left: async (pod, signal) => {
      if (!isSentTo(pod)) return
      await new Promise<void>((resolve) => {
        const done = () => {
          stop()
          signal.removeEventListener('abort', done)
          resolve()
        }
        const stop = endpointSlices.onChange((slice, previous) => {
          if ((slice ?? previous)?.metadata.namespace === pod.metadata.namespace && !isSentTo(pod)) done()
        })
        signal.addEventListener('abort', done)
        if (signal.aborted) done()
      })
      await clock.sleep(othersLaterMs, signal)
    },
  }
}

import type { Client } from '../../shared/client/client.ts'
import { resourceName } from '../../shared/meta/object.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { Mailbox } from '../../shared/queue/mailbox.ts'
import type { ChangeLetter, LetterBody, Question } from '../../shared/queue/mailboxes.ts'
import { nodeLabel, nodeOfDirectory } from '../../shared/resources/core/volume/local-directory.ts'
import { endpointSlices, nodes, persistentVolumes, pods, services } from '../../shared/resources/resource.ts'
import { createConfigSource } from '../container/config-source.ts'
import type { NodeInformers } from '../node/node-edge.ts'
import { FollowedConfig } from './followed-config.ts'
import { isLetter } from './letter.ts'
import { LetterInformer } from './letter-informer.ts'
import { runMailboxLoop } from './mailbox-loop.ts'
import { observingClient } from './observing-client.ts'

export interface MailboxInformersOptions {
  readonly client: Client
  readonly mailbox: Mailbox
  readonly nodeName: string
  /** what the API server asks of this node; comes at least once */
  readonly onQuestion?: ((question: Question) => void) | undefined
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

export interface MailboxInformers {
  /** `node` has all nodes */
  readonly informers: NodeInformers
  readonly config: FollowedConfig
  /** for whoever writes */
  readonly client: Client
}

/** What an instance's node follows, by letters; its own writes are seen at once. */
export const startMailboxInformers = (options: MailboxInformersOptions): MailboxInformers => {
  const { client, nodeName, log } = options
  const common = { client, log }
  const informers = {
    pods: new LetterInformer({
      ...common,
      resource: pods,
      fieldSelector: `spec.nodeName=${nodeName}`,
      belongs: ({ spec }) => spec.nodeName === nodeName,
    }),
    node: new LetterInformer({ ...common, resource: nodes }),
    services: new LetterInformer({ ...common, resource: services }),
    endpointSlices: new LetterInformer({ ...common, resource: endpointSlices }),
    volumes: new LetterInformer({
      ...common,
      resource: persistentVolumes,
      labelSelector: `${nodeLabel}=${nodeName}`,
      belongs: (volume) => nodeOfDirectory(volume) === nodeName,
    }),
  }
  const byResource = new Map<string, Pick<LetterInformer<never>, 'look' | 'relist'>>([
    [resourceName('', 'pods'), informers.pods],
    [resourceName('', 'nodes'), informers.node],
    [resourceName('', 'services'), informers.services],
    [resourceName('discovery.k8s.io', 'endpointslices'), informers.endpointSlices],
    [resourceName('', 'persistentvolumes'), informers.volumes],
  ])
  const config = new FollowedConfig(createConfigSource(client))
  informers.pods.onChange((pod, previous) => config.follow(pod, previous))

  const read = async (received: readonly unknown[]) => {
    const letters = received.filter(isLetter)
    // One that can't be read would come again until it is too old, and hold up all that came with it.
    if (letters.length < received.length) log.warn('letters are none', { count: received.length - letters.length })
    for (const letter of letters) if ('question' in letter) options.onQuestion?.(letter.question)
    const changes = Map.groupBy(letters.filter(isChange), ({ resource }) => resource)
    const looks = [...changes].map(async ([resource, some]) => {
      for (const { namespace, name } of some) config.changed(resource, namespace, name)
      await byResource.get(resource)?.look(some)
    })
    await Promise.all(looks)
  }
  const relist = async () => {
    await Promise.all([...byResource.values()].map((informer) => informer.relist()))
    config.forgetAll()
  }
  void runMailboxLoop({ ...options, read, relist })
  const observed = new Map<string, LetterInformer<never>>([
    ['pods', informers.pods as unknown as LetterInformer<never>],
    ['nodes', informers.node as unknown as LetterInformer<never>],
  ])
  return {
    informers,
    config,
    client: observingClient(client, ({ resource }, object) => observed.get(resource)?.observe(object as never)),
  }
}

const isChange = (letter: LetterBody): letter is ChangeLetter => 'resource' in letter

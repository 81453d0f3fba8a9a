import type { Informer } from '../../shared/client/informer.ts'
import type { Node } from '../../shared/resources/resource.ts'
import type { AgentProcess } from '../node/start-with-server.ts'

export interface OwnRangeOptions extends Pick<AgentProcess, 'end'> {
  readonly nodes: Pick<Informer<Node>, 'onChange'>
  readonly nodeName: string
  /** what the agent has set its network up with */
  readonly podCIDR: string
}

/** A node that was deleted and made again may have got another range, and another node its old one: its agent begins anew. */
export const endOnOtherRange = ({ nodes, nodeName, podCIDR, end }: OwnRangeOptions): (() => void) =>
  nodes.onChange((node) => {
    const range = node?.metadata.name === nodeName ? node.spec.podCIDR : undefined
    if (range && range !== podCIDR)
      end(new Error(`node ${nodeName} has the range ${range} now instead of ${podCIDR}: its agent has to begin anew`))
  })

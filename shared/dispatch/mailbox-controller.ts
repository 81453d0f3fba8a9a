import { type Controller, watch } from '../controllers/controller.ts'
import { ownKey } from '../controllers/key.ts'
import type { Mailboxes } from '../queue/mailboxes.ts'
import { nodes } from '../resources/resource.ts'

/** Keeps a mailbox for every node, as long as there is the node. */
export const createMailboxController = (mailboxes: Mailboxes): Controller => ({
  name: 'node-mailbox',
  watches: [watch(nodes, (node, previous) => (node && previous ? [] : ownKey(node, previous)))],
  reconcile: (name, { cache }) => (cache.get(nodes, '', name) ? mailboxes.ensure(name) : mailboxes.remove(name)),
})

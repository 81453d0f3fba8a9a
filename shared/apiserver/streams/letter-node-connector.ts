import { Readable } from 'node:stream'
import type { AnswerPart } from '../../answers/answers.ts'
import { AnswerFailed, type AskOptions, askNode, newQuestion } from '../../answers/ask-node.ts'
import type { NodeConnector } from './node-connector.ts'

export type LetterNodeConnectorOptions = Omit<AskOptions, 'firstAnswerMs' | 'pollMs'>

const pollMs = 80

/** Asks agents by their mailboxes, where no connection leads to them, and reads what they answer as it comes. */
export const createLetterNodeConnector = (options: LetterNodeConnectorOptions): Pick<NodeConnector, 'request'> => ({
  request: async ({ name: node }, { path, signal }) => {
    const parts = askNode({ node, question: { ...newQuestion(), path }, signal }, { ...options, pollMs })
    const first = await parts.next().catch((error: unknown) => {
      throw inWords(node, error)
    })
    if (first.done) throw new Error(`the agent of node ${node} did not answer within 20 s`)
    const { status = 200 } = first.value
    return { status, headers: {}, body: Readable.from(bytesOf(node, first.value, parts), { objectMode: false }) }
  },
})

const inWords = (node: string, error: unknown): unknown =>
  error instanceof AnswerFailed ? new Error(`the agent of node ${node} could not go on: ${error.message}`) : error

async function* bytesOf(node: string, first: AnswerPart, more: AsyncGenerator<AnswerPart>): AsyncGenerator<Uint8Array> {
  try {
    if (first.data.length > 0) yield first.data
    for await (const { data } of more) if (data.length > 0) yield data
  } catch (error) {
    throw inWords(node, error)
  } finally {
    await more.return(undefined)
  }
}

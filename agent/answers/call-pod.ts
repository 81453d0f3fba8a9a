import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { AnswerSource } from '../../shared/answers/answers.ts'
import type { PodCall, Question } from '../../shared/queue/mailboxes.ts'
import type { Reach, ReachAnswer } from '../../shared/reach/reach.ts'
import type { Pod } from '../../shared/resources/resource.ts'

export interface PodCallerOptions {
  /** calls by connections of its own */
  readonly reach: Reach
  /** of this node */
  readonly pods: () => readonly Pod[]
  /** where bodies lie that were too large for the letter */
  readonly bodies: AnswerSource
}

/** as the API server takes it from its own clients, with room for what wraps it */
const mostBytes = 64 * 1024 * 1024

const unzip = promisify(gunzip)

/** Sends a request to a pod of this node in the API server's place. Throws what kept it from being answered. */
export const callPod = async (
  { pods, reach, bodies }: PodCallerOptions,
  question: Question & { readonly call: PodCall },
  signal: AbortSignal,
): Promise<ReachAnswer> => {
  const { address, method, headers, tls } = question.call
  // An address that a pod of this node has no more may be anybody's.
  const isOurs = pods().some(({ status }) => status?.podIPs?.some(({ ip }) => ip === address.host))
  if (!isOurs) throw new Error(`dial tcp ${address.host}:${address.port}: connect: no route to host`)
  const body = await bodyOf(question, bodies)
  return reach.request(address, { method, path: question.path, headers, tls, body, signal })
}

const bodyOf = async (question: Question & { readonly call: PodCall }, bodies: AnswerSource) => {
  const { body, bodyParts } = question.call
  if (body !== undefined) return unzip(Buffer.from(body, 'base64'), { maxOutputLength: mostBytes })
  if (bodyParts === undefined) return undefined
  const parts = await bodies.read(question, 0)
  if (parts.length !== bodyParts) throw new Error('the request is gone, or is not there yet')
  return Buffer.concat(parts.map(({ data }) => data))
}

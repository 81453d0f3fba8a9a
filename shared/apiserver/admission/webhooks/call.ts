import { Buffer } from 'node:buffer'
import { DecodeError } from '../../../meta/decode/json.ts'
import { ApiError, badRequest } from '../../../meta/status.ts'
import type { AdmissionAttributes, AdmissionEnvironment } from '../admission.ts'
import type { AskedResource } from '../matching/asked.ts'
import { annotate } from './annotations.ts'
import { readReview, verify, type WebhookAnswer } from './answer.ts'
import type { ConfiguredWebhook } from './configured.ts'
import { endpointOf } from './endpoint.ts'
import { CallFailure, Rejection } from './failure.ts'
import { post } from './post.ts'
import { admissionReview, type ReviewedObjects } from './review.ts'

export interface WebhookCall {
  readonly hook: ConfiguredWebhook
  /** as what the request concerns it */
  readonly asked: AskedResource
  readonly objects: ReviewedObjects
  readonly mutating: boolean
}

const versions = ['v1', 'v1beta1']
const quiet: readonly string[] = ['None', 'NoneOnDryRun']

/**
 * Asks a webhook, and tells the client and the audit log what it has to say to them. Throws Rejection where it refuses, CallFailure where it could not
 * be asked or gave no answer, ApiError where it may not be asked.
 */
export const callWebhook = async (
  { hook, asked, objects, mutating }: WebhookCall,
  attributes: AdmissionAttributes,
  environment: AdmissionEnvironment,
): Promise<WebhookAnswer> => {
  const { webhook } = hook
  const { name } = webhook
  if (attributes.dryRun && !quiet.includes(webhook.sideEffects))
    throw badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`)
  const version = webhook.admissionReviewVersions.find((one) => versions.includes(one))
  if (version === undefined) {
    const why = 'webhook does not accept known AdmissionReview versions (v1, v1beta1)'
    throw new CallFailure(name, `could not create admission objects: ${why}`, { code: 400 })
  }
  const uid = environment.random.uuid()
  const body = Buffer.from(JSON.stringify(admissionReview(attributes, asked, { version, uid, ...objects })))
  const review = await exchange(hook, { body, version, attributes, environment })
  const answer = verified(() => verify(review, { uid, version, mutating, schemas: attributes.context.parts.schemas }), name)
  for (const [key, value] of Object.entries(answer.auditAnnotations))
    annotate(attributes.auditAnnotations, `${name}/${key}`, value)
  attributes.warnings.push(...answer.warnings)
  if (!answer.allowed) throw new Rejection(name, answer.status ?? {})
  return answer
}

interface Exchanged {
  readonly body: Uint8Array
  readonly version: string
  readonly attributes: AdmissionAttributes
  readonly environment: AdmissionEnvironment
}

const exchange = async ({ webhook }: ConfiguredWebhook, { body, version, attributes, environment }: Exchanged) => {
  const { schemas } = attributes.context.parts
  try {
    const endpoint = endpointOf(webhook.clientConfig)
    const allowedMs = Math.min((webhook.timeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000, environment.remainingMs())
    const signal = AbortSignal.any([attributes.context.request.signal, AbortSignal.timeout(Math.max(allowedMs, 0))])
    const timeoutSeconds = Math.ceil(allowedMs / 1000)
    const bytes = await post(environment.reach, { endpoint, body, timeoutSeconds, signal })
    return readReview(bytes, { version, schemas })
  } catch (error) {
    const code = error instanceof ApiError ? error.code : 503
    const reason = error instanceof DecodeError || error instanceof Error ? error.message : String(error)
    throw new CallFailure(webhook.name, `failed to call webhook: ${reason}`, { code, cause: error })
  }
}

const verified = (look: () => WebhookAnswer, name: string): WebhookAnswer => {
  try {
    return look()
  } catch (error) {
    throw new CallFailure(name, `received invalid webhook response: ${(error as Error).message}`, { cause: error })
  }
}

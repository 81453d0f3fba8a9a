import { type FieldError, invalid, invalidValue } from '../../meta/field-error.ts'
import type { KubeObject } from '../../meta/object.ts'
import { badRequest, conflict, notFound } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import type { Pod } from '../../resources/resource.ts'
import type { ObjectClaim, Tokens } from '../authn/tokens.ts'
import { readTyped } from '../body.ts'
import type { SubresourceHandlers } from '../context.ts'
import { isDryRun, keyOf, notFoundIn, type ResourceContext } from '../context.ts'
import { admit, mutate } from '../objects/admit.ts'
import { attributesOf } from '../objects/attributes.ts'
import { decodeStored } from '../objects/encode.ts'
import { negotiate, reviewForms } from '../represent/negotiate.ts'
import { respondReview } from '../represent/respond.ts'

interface TokenRequest extends KubeObject {
  spec?: { audiences?: string[]; expirationSeconds?: number; boundObjectRef?: BoundObject }
}

interface BoundObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly name?: string
  readonly uid?: string
}

const minimumSeconds = 600
const maximumSeconds = 2 ** 32
const defaultSeconds = 3600

const type = {
  schema: 'io.k8s.api.authentication.v1.TokenRequest',
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
}

/** What a token may be bound to, and the claim it becomes. */
const bindable: Readonly<Record<string, { resource: string; claim: 'pod' | 'secret' | 'node' }>> = {
  Pod: { resource: 'pods', claim: 'pod' },
  Secret: { resource: 'secrets', claim: 'secret' },
  Node: { resource: 'nodes', claim: 'node' },
}

/** TokenRequest of a service account. */
export const createTokenSubresource = (tokens: Tokens): SubresourceHandlers => ({
  create: async (context) => {
    const { info, parts, request } = context
    const representation = negotiate(request, reviewForms)
    const object = await readTyped<TokenRequest>(context, type)
    const dryRun = isDryRun(context)
    const attributes = attributesOf(context, { operation: 'CREATE', bodyKind: type, object, oldObject: undefined, dryRun })
    if (!object.metadata.namespace) object.metadata.namespace = info.namespace
    await mutate(parts, attributes)
    checkName(object, info)
    const account = await parts.store.get(keyOf(context))
    if (!account) throw notFoundIn(context, info.name)
    const { metadata } = decodeStored(account.value)
    const { uid } = object.metadata
    if (uid && uid !== metadata.uid) {
      throw conflict(
        type.group,
        type.kind,
        info.name,
        `the UID in the token request (${uid}) does not match the UID of the service account (${metadata.uid})`,
      )
    }
    const { expirationSeconds = defaultSeconds, boundObjectRef } = object.spec ?? {}
    checkExpiration(expirationSeconds)
    const created = { name: info.name, namespace: info.namespace, uid: parts.random.uuid() }
    Object.assign(object.metadata, created, { creationTimestamp: timestamp(parts.clock.now()) })
    await admit(parts, attributes)
    const audiences = object.spec?.audiences?.length ? object.spec.audiences : [...tokens.audiences]
    const bound = boundObjectRef && (await boundClaims(context, boundObjectRef))
    const expiresAtMs = parts.clock.now() + expirationSeconds * 1000
    const token = dryRun
      ? ''
      : await tokens.issue({
          serviceAccount: { namespace: info.namespace, name: info.name, uid: metadata.uid ?? '' },
          audiences,
          expiresAtMs,
          ...bound,
        })
    return respondReview(request, representation, {
      ...object,
      metadata: { ...created, creationTimestamp: timestamp(parts.clock.now()) },
      spec: { ...object.spec, audiences, expirationSeconds, boundObjectRef: boundObjectRef ?? null },
      status: { token, expirationTimestamp: timestamp(expiresAtMs) },
    })
  },
})

const checkName = ({ metadata }: KubeObject, { name, namespace }: { name: string; namespace: string }) => {
  const wrong = (field: 'name' | 'namespace') =>
    invalid(type.group, type.kind, name, [
      invalidValue(`metadata.${field}`, metadata[field], `must match the service account ${field} if specified`),
    ])
  if (metadata.name && metadata.name !== name) throw wrong('name')
  if (metadata.namespace && metadata.namespace !== namespace) throw wrong('namespace')
}

const checkExpiration = (seconds: number) => {
  const errors: FieldError[] = []
  const field = 'spec.expirationSeconds'
  if (seconds < minimumSeconds) errors.push(invalidValue(field, seconds, 'may not specify a duration less than 10 minutes'))
  if (seconds > maximumSeconds) errors.push(invalidValue(field, seconds, 'may not specify a duration larger than 2^32 seconds'))
  if (errors.length > 0) throw invalid(type.group, type.kind, '', errors)
}

const boundClaims = async (
  { parts, info }: ResourceContext,
  { apiVersion = '', kind = '', name = '', uid }: BoundObject,
): Promise<Partial<Record<'pod' | 'secret' | 'node', ObjectClaim>>> => {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  const target = group === '' && Object.hasOwn(bindable, kind) ? bindable[kind] : undefined
  if (!target) throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`)
  const namespace = target.claim === 'node' ? '' : info.namespace
  const entry = await parts.store.get({ resource: target.resource, namespace, name })
  if (!entry) throw notFound('', target.resource, name)
  const object = decodeStored(entry.value)
  // A mirror pod has no service account, so no token is ever bound to one.
  if (target.claim === 'pod' && (object as Pod).spec.serviceAccountName !== info.name) {
    throw badRequest(`cannot bind token for serviceaccount "${info.name}" to pod running with different serviceaccount name.`)
  }
  const actual = object.metadata.uid ?? ''
  if (uid && uid !== actual) {
    throw conflict(
      '',
      kind,
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  }
  const node = target.claim === 'pod' ? await nodeClaim(parts, object) : undefined
  return { [target.claim]: { name, uid: actual }, ...(node && { node }) }
}

const nodeClaim = async ({ store }: ResourceContext['parts'], pod: KubeObject): Promise<ObjectClaim | undefined> => {
  const name = (pod.spec as { nodeName?: string } | undefined)?.nodeName
  if (!name) return undefined
  const entry = await store.get({ resource: 'nodes', namespace: '', name })
  return { name, uid: (entry && decodeStored(entry.value).metadata.uid) ?? '' }
}

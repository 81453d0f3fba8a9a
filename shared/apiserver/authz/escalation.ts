import { jsonEqual } from '../../meta/json-equal.ts'
import type { KubeObject } from '../../meta/object.ts'
import { forbidden, notFound } from '../../meta/status.ts'
import type { Granted } from '../../resources/definition.ts'
import { uncovered } from '../../resources/rbac/covers.ts'
import { countPermissions, describePermissions, quoted } from '../../resources/rbac/permission.ts'
import { everything, type PolicyRule } from '../../resources/rbac/policy-rule.ts'
import type { ClusterRole, Role } from '../../resources/resource.ts'
import type { ResourceContext } from '../context.ts'
import { decodeStored } from '../objects/encode.ts'
import { resourceOf } from '../registry.ts'
import { isMaster } from './system-masters.ts'

const rbacGroup = 'rbac.authorization.k8s.io'
/** single permissions of one write that are compared; more would keep others waiting */
const maxPermissions = 200_000
/** that one answer names */
const maxMissing = 10_000

/**
 * "The RBAC API prevents users from escalating privileges by editing roles or role bindings." What an object grants, its writer must hold, or be
 * allowed to `escalate` the role or `bind` it. `before` is undefined for a creation.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
export const confirmNoEscalation = async (
  context: ResourceContext,
  object: KubeObject,
  before: KubeObject | undefined,
): Promise<void> => {
  const { definition, user } = context
  if (!definition.grants || isMaster(user)) return
  if (before && changesOwnersOnly(object, before)) return
  const granted = definition.grants(object)
  if ('roleRef' in granted) return confirmBinding(context, object, granted)
  if (await isAllowed(context, { verb: 'escalate', resource: definition.plural, name: context.info.name })) return
  await confirmRules(context, object, granted.rules)
  const old = before && definition.grants(before)
  if (!granted.gathers && !(old && 'gathers' in old && old.gathers)) return
  const held = await context.parts.authorizer.rules(user, context.info.namespace)
  if (uncovered(held.rules, everything, 1).length > 0)
    throw refused(context, object, 'must have cluster-admin privileges to use the aggregationRule')
}

const confirmBinding = async (
  context: ResourceContext,
  object: KubeObject,
  { roleRef }: Extract<Granted, { roleRef: unknown }>,
): Promise<void> => {
  const { parts, info } = context
  const definition = parts.registry.definitions.find(({ group, kind }) => group === rbacGroup && kind === roleRef.kind)
  // Validation has not been there yet: it says what is wrong with the reference.
  if (!definition) return
  if (await isAllowed(context, { verb: 'bind', resource: definition.plural, name: roleRef.name })) return
  const namespace = definition.namespaced ? info.namespace : ''
  const entry = await parts.store.get({ resource: resourceOf(definition), namespace, name: roleRef.name })
  // upstream names the bindings here
  if (!entry) throw notFound(rbacGroup, context.definition.plural, roleRef.name)
  const role = decodeStored(entry.value) as ClusterRole | Role
  await confirmRules(context, object, role.rules ?? [])
}

const isAllowed = async (
  { parts, info, user }: ResourceContext,
  { verb, resource, name }: { verb: 'escalate' | 'bind'; resource: string; name: string },
): Promise<boolean> => {
  const asked = { ...info, verb, group: rbacGroup, version: '*', resource, subresource: '', name }
  return (await parts.authorizer.authorize({ user, info: asked })).verdict === 'allow'
}

const confirmRules = async (context: ResourceContext, object: KubeObject, rules: readonly PolicyRule[]): Promise<void> => {
  const { parts, info, user } = context
  if (rules.reduce((sum, rule) => sum + countPermissions(rule), 0) > maxPermissions)
    throw refused(
      context,
      object,
      `more than ${maxPermissions} permissions at once can only be granted by who may escalate or bind`,
    )
  const held = await parts.authorizer.rules(user, info.namespace)
  const missing = uncovered(held.rules, rules, maxMissing)
  if (missing.length === 0) return
  const text = describePermissions(missing).join('\n')
  const errors = held.evaluationError ? `; resolution errors: [${asOf(context, held.evaluationError)}]` : ''
  throw refused(
    context,
    object,
    `user ${JSON.stringify(user.name)} (groups=${quoted(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${text}${errors}`,
  )
}

/** Whatever is missing, upstream names the resource that is written. */
const asOf = ({ definition }: ResourceContext, errors: string): string => {
  const named = errors.replace(/\b(?:cluster)?role\.rbac/g, `${definition.plural}.rbac`)
  const list = /^\[(.*)\]$/s.exec(named)?.[1]?.split(', ')
  const distinct = new Set(list)
  return list ? (distinct.size > 1 ? `[${[...distinct].join(', ')}]` : [...distinct].join('')) : named
}

const refused = ({ definition }: ResourceContext, { metadata }: KubeObject, message: string) =>
  forbidden(definition.group, definition.plural, metadata.name, message)

/** The garbage collector must be able to let go of what it could not grant. */
const changesOwnersOnly = (object: KubeObject, before: KubeObject): boolean =>
  jsonEqual(withoutOwners(object), withoutOwners(before))

const withoutOwners = (object: KubeObject) => {
  const { ownerReferences, finalizers, managedFields, resourceVersion, ...metadata } = object.metadata
  return { ...object, apiVersion: undefined, kind: undefined, metadata }
}

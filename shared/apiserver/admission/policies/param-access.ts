import { type FieldError, forbiddenField, invalid } from '../../../meta/field-error.ts'
import { jsonEqual } from '../../../meta/json-equal.ts'
import type { ParamKind } from '../../../resources/generated/types.ts'
import {
  type ValidatingAdmissionPolicy,
  type ValidatingAdmissionPolicyBinding,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
} from '../../../resources/resource.ts'
import { isMaster } from '../../authz/system-masters.ts'
import type { User } from '../../request.ts'
import type { ResourceVerb } from '../../router.ts'
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from '../admission.ts'
import { isMain } from '../of-kind.ts'

/** Who lets a policy read objects, and tell of them in its messages, may read them himself. Upstream finds this in validation. */
export const policyParamAccess: AdmissionPlugin = {
  name: 'PolicyParamAccess',
  validate: (attributes, environment) => {
    if (attributes.operation === 'DELETE' || isMaster(attributes.user)) return undefined
    const { group, resource } = validatingAdmissionPolicies
    if (isMain(attributes, group, resource)) return checkPolicy(attributes, environment)
    if (isMain(attributes, group, validatingAdmissionPolicyBindings.resource)) return checkBinding(attributes, environment)
    return undefined
  },
}

const checkPolicy = async (attributes: AdmissionAttributes, environment: AdmissionEnvironment): Promise<void> => {
  const { spec } = attributes.object as ValidatingAdmissionPolicy
  const old = attributes.oldObject as ValidatingAdmissionPolicy | undefined
  const { paramKind } = spec
  if (!paramKind || (old?.spec.paramKind && jsonEqual(old.spec.paramKind, paramKind))) return
  const { group, version, resource } = await resourceOf(paramKind, environment)
  if (await mayRead(attributes, environment, { verb: 'get', group, version, resource, namespace: '*', name: '*' })) return
  const of = `(kind=${paramKind.kind}, apiVersion=${paramKind.apiVersion})`
  const why = `user ${shownUser(attributes.user)} must have "get" permission on all objects of the referenced paramKind ${of}`
  refuse(attributes, [forbiddenField('spec.paramKind', why)])
}

const checkBinding = async (attributes: AdmissionAttributes, environment: AdmissionEnvironment): Promise<void> => {
  const { spec } = attributes.object as ValidatingAdmissionPolicyBinding
  const { paramRef, policyName } = spec
  if (!paramRef) return
  const policy = await environment.current.get(validatingAdmissionPolicies, '', policyName)
  const paramKind = policy?.spec.paramKind
  const found = paramKind ? await resourceOf(paramKind, environment) : anything
  const verb: ResourceVerb = paramRef.name ? 'get' : 'list'
  const { group, version, resource } = found
  const asked = { verb, group, version, resource, namespace: paramRef.namespace ?? '', name: paramRef.name ?? '' }
  if (await mayRead(attributes, environment, asked)) return
  const user = shownUser(attributes.user)
  const everywhere = `to determine minimum required permissions and user ${user} does not have "${verb}" permission for all groups, versions and resources`
  let why = `user ${user} does not have "${verb}" permission on the object referenced by paramRef`
  if (!policy) why = `unable to get policy ${policyName} ${everywhere}`
  else if (paramKind && found.resource === '*')
    why = `unable to resolve paramKind &{${paramKind.apiVersion} ${paramKind.kind}} ${everywhere}`
  refuse(attributes, [forbiddenField('spec.paramRef', why)])
}

const anything = { group: '*', version: '*', resource: '*' }

const resourceOf = async ({ apiVersion = '', kind = '' }: ParamKind, { kinds }: AdmissionEnvironment) => {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  const served = await kinds.find({ group, version, kind })
  return { group, version, resource: served?.definition.plural ?? '*' }
}

interface Asked extends Readonly<Record<'group' | 'version' | 'resource' | 'namespace' | 'name', string>> {
  readonly verb: ResourceVerb
}

const mayRead = async ({ user }: AdmissionAttributes, { authorizer }: AdmissionEnvironment, asked: Asked): Promise<boolean> => {
  const info = { isResource: true, path: '', subresource: '', ...asked } as const
  return (await authorizer.authorize({ user, info })).verdict === 'allow'
}

/** As Go prints one. */
const shownUser = ({ name, uid = '', groups, extra = {} }: User): string => {
  const keys = Object.keys(extra).sort()
  return `&{${name} ${uid} [${groups.join(' ')}] map[${keys.map((key) => `${key}:[${extra[key]!.join(' ')}]`).join(' ')}]}`
}

const refuse = ({ definition, object, name }: AdmissionAttributes, errors: FieldError[]): never => {
  throw invalid(definition.group, definition.kind, name || object?.metadata.name, errors)
}

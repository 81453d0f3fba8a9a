import { dns1123Label, dns1123Subdomain } from '../../meta/names.ts'
import { boolType, type CelType, stringType, structType } from '../type.ts'
import { wrongArgument } from '../value/compare.ts'
import { CelError, type CelValue, OpaqueValue } from '../value/value.ts'
import { declare, type FunctionDeclaration, method } from './declaration.ts'

export const authorizerType = structType('kubernetes.authorization.Authorizer')
const pathCheckType = structType('kubernetes.authorization.PathCheck')
const groupCheckType = structType('kubernetes.authorization.GroupCheck')
/** Of the variable `authorizer.requestResource`. */
export const resourceCheckType = structType('kubernetes.authorization.ResourceCheck')
const decisionType = structType('kubernetes.authorization.Decision')

/** Who may do what: as an expression asks it. */
export interface AccessQuestion {
  readonly verb: string
  /** Of a service account that the expression names, `namespace:name`; undefined: who sent the request. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string }
  /** Of what is no resource: `/healthz`. */
  readonly path?: string
  readonly group?: string
  readonly resource?: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  readonly fieldSelector?: string
  readonly labelSelector?: string
}

export interface AccessDecision {
  readonly allowed: boolean
  readonly reason: string
  /** Why it could not be decided. */
  readonly error?: string
}

/** Asked while an expression is evaluated; it must not wait. */
export type Authorize = (question: AccessQuestion) => AccessDecision

abstract class AccessValue extends OpaqueValue {
  /** As upstream's, none of them equals anything. */
  equals(other: CelValue): boolean | CelError {
    return wrongArgument(other)
  }
}

class Check extends AccessValue {
  readonly type: CelType
  readonly authorize: Authorize
  readonly question: Partial<AccessQuestion>
  constructor(type: CelType, authorize: Authorize, question: Partial<AccessQuestion>) {
    super()
    this.type = type
    this.authorize = authorize
    this.question = question
  }
  with(type: CelType, more: Partial<AccessQuestion>): Check {
    return new Check(type, this.authorize, { ...this.question, ...more })
  }
}

class Decision extends AccessValue {
  readonly type = decisionType
  readonly decision: AccessDecision
  constructor(decision: AccessDecision) {
    super()
    this.decision = decision
  }
}

/** The variable `authorizer`. */
export const authorizerValue = (authorize: Authorize): CelValue => new Check(authorizerType, authorize, {})

/** The variable `authorizer.requestResource`. */
export const resourceCheckValue = (
  authorize: Authorize,
  resource: Pick<AccessQuestion, 'group' | 'resource' | 'subresource' | 'namespace' | 'name'>,
): CelValue => new Check(resourceCheckType, authorize, resource)

const notBlank = (name: 'path' | 'resource', text: string, then: () => CelValue): CelValue =>
  text.trim() === '' ? new CelError(`${name} must not be empty`) : then()

const serviceAccount = (check: Check, namespace: string, name: string): CelValue => {
  if (dns1123Subdomain(name).length) return new CelError('Invalid service account name')
  if (dns1123Label(namespace).length) return new CelError('Invalid service account namespace')
  return check.with(authorizerType, { serviceAccount: { namespace, name } })
}

const narrowing = (
  name: 'subresource' | 'namespace' | 'name' | 'fieldSelector' | 'labelSelector',
  id = `resourcecheck_${name}`,
): FunctionDeclaration =>
  declare(name, [
    method(id, [resourceCheckType, stringType], resourceCheckType, (check: Check, text: string) =>
      check.with(resourceCheckType, { [name]: text }),
    ),
  ])

const ask = (check: Check, verb: string): CelValue => new Decision(check.authorize({ ...check.question, verb }))

const answer = (name: string, type: CelType, read: (decision: AccessDecision) => CelValue): FunctionDeclaration =>
  declare(name, [method(`decision_${name}`, [decisionType], type, ({ decision }: Decision) => read(decision))])

export const authorizer: readonly FunctionDeclaration[] = [
  declare('path', [
    method('authorizer_path', [authorizerType, stringType], pathCheckType, (check: Check, path: string) =>
      notBlank('path', path, () => check.with(pathCheckType, { path })),
    ),
  ]),
  declare('group', [
    method('authorizer_group', [authorizerType, stringType], groupCheckType, (check: Check, group: string) =>
      check.with(groupCheckType, { group }),
    ),
  ]),
  declare('serviceAccount', [
    method('authorizer_serviceaccount', [authorizerType, stringType, stringType], authorizerType, serviceAccount),
  ]),
  declare('resource', [
    method('groupcheck_resource', [groupCheckType, stringType], resourceCheckType, (check: Check, resource: string) =>
      notBlank('resource', resource, () => check.with(resourceCheckType, { resource })),
    ),
  ]),
  narrowing('subresource'),
  narrowing('namespace'),
  narrowing('name'),
  declare('check', [
    method('pathcheck_check', [pathCheckType, stringType], decisionType, ask),
    method('resourcecheck_check', [resourceCheckType, stringType], decisionType, ask),
  ]),
  answer('errored', boolType, ({ error }) => error !== undefined),
  answer('error', stringType, ({ error }) => error ?? ''),
  answer('allowed', boolType, ({ allowed }) => allowed),
  answer('reason', stringType, ({ reason }) => reason),
  narrowing('fieldSelector', 'authorizer_fieldselector'),
  narrowing('labelSelector', 'authorizer_labelselector'),
]

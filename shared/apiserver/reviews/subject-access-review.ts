import { type FieldError, invalid, invalidValue } from '../../meta/field-error.ts'
import type { KubeObject } from '../../meta/object.ts'
import { trackWrite } from '../apply/track-write.ts'
import { readTyped } from '../body.ts'
import type { ResourceContext, VirtualResource } from '../context.ts'
import { admitCreation } from '../objects/admit-creation.ts'
import { matchNamespace } from '../objects/metadata.ts'
import { negotiate, reviewForms } from '../represent/negotiate.ts'
import { respondReview } from '../represent/respond.ts'
import type { ApiResponse, User } from '../request.ts'
import type { RequestInfo, ResourceVerb } from '../router.ts'
import { type AccessSelector, accessSelectorErrors, readAccessSelectors } from './access-selectors.ts'
import { reviewDefinition } from './virtual-resource.ts'

interface AccessSpec {
  readonly resourceAttributes?: ResourceAttributes | undefined
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string } | undefined
  readonly user?: string | undefined
  readonly groups?: readonly string[] | undefined
  readonly uid?: string | undefined
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined
}

interface ResourceAttributes {
  readonly namespace?: string
  readonly verb?: string
  readonly group?: string
  readonly version?: string
  readonly resource?: string
  readonly subresource?: string
  readonly name?: string
  readonly fieldSelector?: AccessSelector
  readonly labelSelector?: AccessSelector
}

interface AccessReview extends KubeObject {
  spec?: AccessSpec
}

const infoOf = ({ resourceAttributes, nonResourceAttributes }: AccessSpec): RequestInfo => {
  if (!resourceAttributes) {
    const { path = '', verb = '' } = nonResourceAttributes ?? {}
    return { isResource: false, path, verb }
  }
  const { namespace = '', verb = '', group = '', version = '*', resource = '', subresource = '', name = '' } = resourceAttributes
  return {
    isResource: true,
    path: '',
    verb: verb as ResourceVerb,
    group,
    version,
    resource,
    subresource,
    namespace,
    name,
  }
}

const shownPath = ({ path = '', verb = '' }: NonNullable<AccessSpec['nonResourceAttributes']>) => ({ Path: path, Verb: verb })

const specErrors = ({ resourceAttributes, nonResourceAttributes }: AccessSpec): FieldError[] => {
  if (resourceAttributes && nonResourceAttributes) {
    return [
      invalidValue(
        'spec.nonResourceAttributes',
        shownPath(nonResourceAttributes),
        'cannot be specified in combination with resourceAttributes',
      ),
    ]
  }
  if (resourceAttributes || nonResourceAttributes) return []
  return [
    invalidValue('spec.resourceAttributes', null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified'),
  ]
}

const subjectErrors = ({ user, groups }: AccessSpec): FieldError[] =>
  user || groups?.length ? [] : [invalidValue('spec.user', '', 'at least one of user or group must be specified')]

const selectorErrors = ({ resourceAttributes }: AccessSpec): FieldError[] =>
  resourceAttributes ? accessSelectorErrors(resourceAttributes) : []

/** A review is about nothing that has a name. */
const metadataErrors = ({ metadata }: AccessReview, { namespaced = false }: Variant): FieldError[] => {
  const { managedFields: _, namespace, ...others } = (metadata ?? {}) as Partial<AccessReview['metadata']>
  const given = { ...others, ...(namespaced || !namespace ? {} : { namespace }) }
  const isEmpty = Object.values(given).every((value) => value === undefined || value === null)
  return isEmpty ? [] : [invalidValue('metadata', given, `must be empty${namespaced ? ' except for namespace' : ''}`)]
}

interface Variant {
  readonly kind: string
  readonly namespaced?: boolean
  readonly userOf: (context: ResourceContext, spec: AccessSpec) => User
  readonly errorsOf: (context: ResourceContext, spec: AccessSpec) => FieldError[]
}

const givenUser = (_context: ResourceContext, { user = '', uid, groups = [], extra }: AccessSpec): User => ({
  name: user,
  uid,
  groups,
  extra,
})

const namespaceErrors = ({ info }: ResourceContext, { resourceAttributes, nonResourceAttributes }: AccessSpec): FieldError[] => {
  if (nonResourceAttributes)
    return [invalidValue('spec.nonResourceAttributes', shownPath(nonResourceAttributes), 'disallowed on this kind of request')]
  const { namespace = '' } = resourceAttributes ?? {}
  if (!resourceAttributes || namespace === info.namespace) return []
  return [invalidValue('spec.resourceAttributes.namespace', namespace, 'must match metadata.namespace')]
}

const variants: readonly Variant[] = [
  {
    kind: 'SelfSubjectAccessReview',
    userOf: ({ user }) => user,
    errorsOf: (_context, spec) => [...specErrors(spec), ...selectorErrors(spec)],
  },
  {
    kind: 'SubjectAccessReview',
    userOf: givenUser,
    errorsOf: (_context, spec) => [...specErrors(spec), ...subjectErrors(spec), ...selectorErrors(spec)],
  },
  {
    kind: 'LocalSubjectAccessReview',
    namespaced: true,
    userOf: givenUser,
    errorsOf: (context, spec) => [
      ...specErrors(spec),
      ...subjectErrors(spec),
      ...selectorErrors(spec),
      ...namespaceErrors(context, spec),
    ],
  },
]

const review =
  (variant: Variant) =>
  async (context: ResourceContext): Promise<ApiResponse> => {
    const { definition, parts, request } = context
    const representation = negotiate(request, reviewForms)
    const object = await readTyped<AccessReview>(context, definition)
    if (variant.namespaced) matchNamespace(definition, object.metadata, context.info.namespace)
    trackWrite(context, object, undefined)
    await admitCreation(context, object)
    const spec = object.spec ?? {}
    const errors = [...variant.errorsOf(context, spec), ...metadataErrors(object, variant)]
    // upstream names no kind here
    if (errors.length > 0) throw invalid(definition.group, '', '', errors)
    const selectors = readAccessSelectors(spec.resourceAttributes ?? {})
    const { verdict, reason } = await parts.authorizer.authorize({
      user: variant.userOf(context, spec),
      info: infoOf(spec),
      fields: selectors.fields,
    })
    const status = {
      allowed: verdict === 'allow',
      ...(verdict === 'deny' ? { denied: true } : {}),
      ...(reason ? { reason } : {}),
      ...(selectors.error ? { evaluationError: selectors.error } : {}),
    }
    return respondReview(request, representation, { ...object, status })
  }

export const accessReviews: readonly VirtualResource[] = variants.map((variant) => ({
  definition: reviewDefinition({
    group: 'authorization.k8s.io',
    kind: variant.kind,
    schema: `io.k8s.api.authorization.v1.${variant.kind}`,
    namespaced: variant.namespaced ?? false,
  }),
  create: review(variant),
}))

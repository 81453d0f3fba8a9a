import type { KubeObject } from '../../meta/object.ts'
import { badRequest } from '../../meta/status.ts'
import { readTyped } from '../body.ts'
import type { VirtualResource } from '../context.ts'
import { admitCreation } from '../objects/admit-creation.ts'
import { negotiate, reviewForms } from '../represent/negotiate.ts'
import { respondReview } from '../represent/respond.ts'
import { reviewDefinition } from './virtual-resource.ts'

interface RulesReview extends KubeObject {
  spec?: { namespace?: string }
}

/** What `kubectl auth can-i --list` shows. */
export const selfSubjectRulesReview: VirtualResource = {
  definition: reviewDefinition({
    group: 'authorization.k8s.io',
    kind: 'SelfSubjectRulesReview',
    schema: 'io.k8s.api.authorization.v1.SelfSubjectRulesReview',
  }),
  create: async (context) => {
    const { definition, parts, request, user } = context
    const representation = negotiate(request, reviewForms)
    const object = await readTyped<RulesReview>(context, definition)
    await admitCreation(context, object)
    const namespace = object.spec?.namespace
    if (!namespace) throw badRequest('no namespace on request')
    const { rules, incomplete, evaluationError } = await parts.authorizer.rules(user, namespace)
    const status = {
      resourceRules: rules
        .filter(({ resources }) => resources)
        .map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, resourceNames })),
      nonResourceRules: rules
        .filter(({ nonResourceURLs }) => nonResourceURLs)
        .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      incomplete,
      ...(evaluationError ? { evaluationError } : {}),
    }
    const { kind, apiVersion, metadata } = object
    return respondReview(request, representation, { kind, apiVersion, metadata, spec: {}, status })
  },
}

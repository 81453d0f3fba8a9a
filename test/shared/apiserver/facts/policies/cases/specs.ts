/** A request is refused with what an expression says. */
export const tells = (messageExpression: string, more: object = {}) => ({
  validations: [{ expression: 'false', messageExpression }],
  ...more,
})
export const only = (expression: string, more: object = {}) => ({ validations: [{ expression, ...more }] })
export const concerning = (resources: string[], more: object = {}, rule: object = {}) => ({
  matchConstraints: {
    resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources, ...rule }],
    ...more,
  },
})

export const loops = (depth: number): string =>
  depth === 0 ? 'true' : `[1,2,3,4,5,6,7,8,9,10].all(x${depth}, ${loops(depth - 1)})`
/** Each question costs 350,000. */
export const asks = (...verbs: string[]) =>
  verbs.map((verb) => `authorizer.requestResource.check('${verb}').allowed()`).join(' && ')
export const dear = asks('get', 'list', 'watch')
export const missing = "object.data.no == 'x'"
export const probe =
  "'[' + request.operation + ' ' + request.resource.resource + ' ' + request.kind.kind + ' name=' + (has(request.name) ? request.name : '-') + ' ns=' + (has(request.namespace) ? request.namespace : '-') + ' sub=' + (has(request.subResource) ? request.subResource : '-') + ' object=' + (object == null ? '-' : object.kind + '/' + object.apiVersion) + ' old=' + (oldObject == null ? '-' : oldObject.kind) + ' space=' + (namespaceObject == null ? '-' : namespaceObject.metadata.name) + ' dry=' + string(request.dryRun) + ' options=' + (request.options == null ? '-' : request.options.kind) + ']'"
export const ofMaps = (operation: string, more: object = {}) =>
  concerning(['configmaps'], more, { operations: [operation], apiGroups: [''] })
export const cluster = (more: object, rule: object = {}, name = 'NS') =>
  concerning(['namespaces', 'clusterroles'], { namespaceSelector: {}, ...more }, { resourceNames: [name], ...rule })
export const ref = (more: object, parameterNotFoundAction = 'Deny') => ({ paramRef: { parameterNotFoundAction, ...more } })
export const core = { apiVersion: 'v1', kind: 'ConfigMap' }

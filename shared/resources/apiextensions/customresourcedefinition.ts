import { define } from '../definition.ts'

/**
 * Read only: there are no custom resources yet, and creating a definition is refused (405). It is served because kubectl looks here before
 * it can tell a user that a kind is unknown.
 */
export const customResourceDefinition = define({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
  verbs: ['get', 'list', 'watch'],
})

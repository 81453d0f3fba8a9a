import type { Cache, Index } from '../client/cache.ts'
import type { Resource } from '../client/client.ts'
import { apiVersionOf } from '../meta/object.ts'
import { type CustomResourceDefinition, isTrue, storageVersionOf } from '../resources/apiextensions/resource.ts'
import { customResourceDefinitions } from '../resources/resource.ts'

const isServed = (crd: CustomResourceDefinition) => isTrue(crd, 'Established') && crd.spec.versions.some(({ served }) => served)

const served: Index<CustomResourceDefinition> = {
  name: 'served',
  resource: customResourceDefinitions,
  valuesOf: (crd) => (isServed(crd) ? ['served'] : []),
}

const byType: Index<CustomResourceDefinition> = {
  name: 'type',
  resource: customResourceDefinitions,
  valuesOf: (crd) =>
    isServed(crd)
      ? crd.spec.versions.map(({ name }) => `${apiVersionOf(crd.spec.group, name)} ${crd.status.acceptedNames.kind}`)
      : [],
}

/** One for each state of a definition. */
const resources = new WeakMap<CustomResourceDefinition, Resource>()

const resourceFor = (crd: CustomResourceDefinition): Resource => {
  const known = resources.get(crd)
  if (known) return known
  const { group, versions, scope } = crd.spec
  const { plural, kind } = crd.status.acceptedNames
  const names = versions.filter((version) => version.served).map(({ name }) => name)
  const storage = storageVersionOf(crd)
  const version = storage?.served ? storage.name : names[0]!
  const made: Resource = {
    group,
    version,
    resource: plural,
    kind,
    namespaced: scope === 'Namespaced',
    otherApiVersions: versions.map(({ name }) => apiVersionOf(group, name)).filter((one) => one !== apiVersionOf(group, version)),
  }
  resources.set(crd, made)
  return made
}

/** Of the custom kinds that there are, as far as the cache has read the log. */
export const customResources = (cache: Cache): Resource[] => cache.byIndex(served, 'served').map(resourceFor)

/** By the name that keys use, which is its definition's. */
export const customResourceNamed = (cache: Cache, name: string): Resource | undefined => {
  const crd = cache.get(customResourceDefinitions, '', name)
  return crd && isServed(crd) ? resourceFor(crd) : undefined
}

/** By any of its versions. */
export const customResourceOfType = (cache: Cache, apiVersion: string, kind: string): Resource | undefined => {
  const [crd] = cache.byIndex(byType, `${apiVersion} ${kind}`)
  return crd && resourceFor(crd)
}

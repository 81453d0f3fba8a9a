import type { Resource } from '../../../client/client.ts'
import { type LabelSelector, labelSelectorMatcher } from '../../../meta/label-selector.ts'
import { apiVersionOf, type KubeObject } from '../../../meta/object.ts'
import type { ParamKind, ParamRef } from '../../../resources/generated/types.ts'
import type { ObjectReader } from '../../../storage/current-objects.ts'
import { fromStored, whenReadied } from '../../objects/served-version.ts'
import type { ServedKind } from '../../registry.ts'
import type { AdmissionEnvironment, GroupVersionKind } from '../admission.ts'
import { ConfigurationError } from './configuration-error.ts'

/** Undefined: it takes none. Throws ConfigurationError where nothing of the kind is served. */
export const paramKindOf = async (
  paramKind: ParamKind | undefined,
  { kinds }: AdmissionEnvironment,
): Promise<ServedKind | undefined> => {
  if (!paramKind) return undefined
  const wanted = wantedKind(paramKind)
  const served = await kinds.find(wanted)
  if (served) return served
  const { group, version, kind } = wanted
  throw new ConfigurationError(`failed to find resource referenced by paramKind: '${group}/${version}, Kind=${kind}'`)
}

const wantedKind = ({ apiVersion = '', kind = '' }: ParamKind): GroupVersionKind => {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  return { group, version, kind }
}

/**
 * What a binding configures its policy by: the policy is asked once for each; null: it is asked without. Throws ConfigurationError.
 * `namespace`: of the request.
 */
export const paramsOf = async (
  served: ServedKind | undefined,
  { ref, namespace }: { ref: ParamRef | undefined; namespace: string },
  environment: AdmissionEnvironment,
): Promise<readonly (KubeObject | null)[]> => {
  if (!served || !ref) return [null]
  const from = paramsNamespace(served, ref, namespace)
  const found = ref.name
    ? await readOne(served, { namespace: from, name: ref.name }, environment)
    : await readSelected(served, { namespace: from, selector: ref.selector ?? {} }, environment.recent)
  if (found.length === 0 && ref.parameterNotFoundAction === 'Deny')
    throw new ConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction')
  return Promise.all(found.map((one) => shown(served, one)))
}

/** Undefined: they are in none. */
const paramsNamespace = ({ definition }: ServedKind, ref: ParamRef, namespace: string): string | undefined => {
  if (!definition.namespaced) {
    if (ref.namespace) throw new ConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`')
    return undefined
  }
  const from = ref.namespace || namespace
  if (!from)
    throw new ConfigurationError('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources')
  return from
}

const resourceOf = ({ definition: { group, version, plural, kind, namespaced } }: ServedKind): Resource => ({
  group,
  version,
  resource: plural,
  kind,
  namespaced,
})

/** One that was just made counts. */
const readOne = async (
  served: ServedKind,
  { namespace = '', name }: { namespace: string | undefined; name: string },
  { recent, current }: AdmissionEnvironment,
): Promise<KubeObject[]> => {
  const resource = resourceOf(served)
  const found = (await recent.get(resource, namespace, name)) ?? (await current.get(resource, namespace, name))
  return found ? [found] : []
}

const readSelected = async (
  served: ServedKind,
  { namespace, selector }: { namespace: string | undefined; selector: LabelSelector },
  recent: ObjectReader,
): Promise<KubeObject[]> => {
  const { matches } = labelSelectorMatcher(selector)
  const all = await recent.list(resourceOf(served), namespace)
  return all.filter(({ metadata }) => matches(metadata.labels)).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
}

/** As the version that the policy names. */
const shown = async ({ definition, servedAs, conversions }: ServedKind, stored: KubeObject): Promise<KubeObject> => {
  const { renew } = definition
  const current = renew ? await whenReadied({ conversions }, () => renew(structuredClone(stored))) : stored
  const { group, version } = servedAs ?? definition
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = await fromStored({ definition, servedAs }, current)
  return { apiVersion: apiVersionOf(group, version), kind: definition.kind, ...rest }
}

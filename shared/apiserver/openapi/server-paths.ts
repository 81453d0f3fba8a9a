import { issuerPaths } from '../authn/oidc-paths.ts'
import { capitalized, groupWord, type Operation, objectMedia, type PathItem } from './operation.ts'

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'

type Get = Pick<Operation, 'id' | 'description' | 'tag' | 'answer'> & { readonly media?: readonly string[] }

const get = (path: string, operation: Get): PathItem => ({
  path,
  operations: [{ method: 'get', media: objectMedia, parameters: [], statuses: [200], ...operation }],
})

/** What tells of a group and version: its resources. */
export const groupVersionPath = (group: string, version: string): PathItem =>
  get(group === '' ? `/api/${version}/` : `/apis/${group}/${version}/`, {
    id: `get${capitalized(groupWord(group))}${capitalized(version)}APIResources`,
    description: 'get available resources',
    tag: `${groupWord(group)}_${version}`,
    answer: `${meta}.APIResourceList`,
  })

export const groupPath = (group: string): PathItem =>
  get(`/apis/${group}/`, {
    id: `get${capitalized(groupWord(group))}APIGroup`,
    description: 'get information of a group',
    tag: groupWord(group),
    answer: `${meta}.APIGroup`,
  })

const [configuration = '', keys = ''] = issuerPaths

/** What is no resource's, by the name of its document. */
export const serverPaths = (groups: readonly string[]): ReadonlyMap<string, PathItem> => {
  const paths = [
    get('/api/', {
      id: 'getCoreAPIVersions',
      description: 'get available API versions',
      tag: 'core',
      answer: `${meta}.APIVersions`,
    }),
    get('/apis/', {
      id: 'getAPIVersions',
      description: 'get available API versions',
      tag: 'apis',
      answer: `${meta}.APIGroupList`,
    }),
    ...groups.filter((group) => group !== '').map(groupPath),
    get('/version/', {
      id: 'getCodeVersion',
      description: 'get the version of this server',
      tag: 'version',
      answer: 'io.k8s.apimachinery.pkg.version.Info',
      media: ['application/json'],
    }),
    get(`${configuration}/`, {
      id: 'getServiceAccountIssuerOpenIDConfiguration',
      description: 'get how tokens of service accounts can be verified',
      tag: 'WellKnown',
      answer: undefined,
      media: ['application/json'],
    }),
    get(`${keys}/`, {
      id: 'getServiceAccountIssuerOpenIDKeyset',
      description: 'get the public keys of tokens of service accounts',
      tag: 'openid',
      answer: undefined,
      media: ['application/jwk-set+json'],
    }),
  ]
  return new Map(paths.map((item) => [item.path.slice(1, -1), item]))
}

import { describe, expect, it } from 'vitest'
import { parseRequest } from '../../../shared/apiserver/router.ts'

const parse = (method: string, url: string) => {
  const [path = '', query = ''] = url.split('?')
  return parseRequest({ method, path, query: new URLSearchParams(query) })
}

describe('parseRequest', () => {
  it.each([
    ['GET', '/api/v1/pods', { verb: 'list', resource: 'pods', namespace: '', name: '' }],
    ['GET', '/api/v1/namespaces/a/pods/', { verb: 'list', resource: 'pods', namespace: 'a' }],
    ['GET', '/api/v1/namespaces/a/pods/b', { verb: 'get', resource: 'pods', namespace: 'a', name: 'b' }],
    ['GET', '/api/v1/namespaces/a/pods?watch=true', { verb: 'watch', resource: 'pods', namespace: 'a' }],
    ['GET', '/api/v1/namespaces/a/pods?watch=false', { verb: 'list' }],
    ['GET', '/api/v1/namespaces/a/pods?watch=False', { verb: 'list' }],
    ['GET', '/api/v1/namespaces/a/pods?watch=0', { verb: 'list' }],
    ['GET', '/api/v1/namespaces/a/pods?watch=', { verb: 'watch' }],
    ['GET', '/api/v1/namespaces/a/pods?watch=no', { verb: 'watch' }],
    ['GET', '/api/v1/watch/namespaces/a/pods/b', { verb: 'watch', resource: 'pods', namespace: 'a', name: 'b' }],
    ['GET', '/api/v1/pods?fieldSelector=metadata.name%3Db', { verb: 'list', name: 'b' }],
    [
      'DELETE',
      '/apis/apps/v1/namespaces/a/deployments',
      { verb: 'deletecollection', group: 'apps', version: 'v1', resource: 'deployments' },
    ],
    ['PATCH', '/apis/apps/v1/namespaces/a/deployments/b/scale', { verb: 'patch', subresource: 'scale', name: 'b' }],
    ['GET', '/api/v1/namespaces/a', { verb: 'get', resource: 'namespaces', name: 'a', namespace: 'a' }],
    ['PUT', '/api/v1/namespaces/a/finalize', { verb: 'update', resource: 'namespaces', name: 'a', subresource: 'finalize' }],
    ['POST', '/api/v1/namespaces', { verb: 'create', resource: 'namespaces', name: '' }],
    ['GET', '/api/v1/namespaces/a/services/http%3Ab%3A80/proxy/x/y%20z', { name: 'http:b:80', subresource: 'proxy' }],
    ['HEAD', '/api/v1/nodes/n', { verb: 'get', resource: 'nodes', name: 'n' }],
  ])('%s %s', (method, url, expected) => {
    expect(parse(method, url)).toMatchObject({ isResource: true, ...expected })
  })

  it.each([
    ['GET', '/version', 'get'],
    ['GET', '/api', 'get'],
    ['GET', '/apis/apps/v1', 'get'],
    ['OPTIONS', '/api/v1/pods', 'options'],
    ['GET', '/api/v1/%', 'get'],
  ])('takes %s %s for a plain path', (method, url, verb) => {
    expect(parse(method, url)).toEqual({ isResource: false, verb, path: url })
  })
})

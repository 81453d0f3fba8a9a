import { expect, it } from 'vitest'
import { watchRequest } from '../../../agent/proxy/watch-request.ts'

const request = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  watchRequest({ method, url, header: (name) => headers[name] })

it.each([
  { what: 'a read', url: '/api/v1/pods?resourceVersion=5' },
  { what: 'a write', url: '/api/v1/pods?watch=true&resourceVersion=5', method: 'POST' },
  { what: 'a watch that begins with what is there', url: '/api/v1/pods?watch=true' },
  { what: 'a watch from 0', url: '/api/v1/pods?watch=true&resourceVersion=0' },
  { what: 'initial events', url: '/api/v1/pods?watch=true&resourceVersion=5&sendInitialEvents=true' },
  {
    what: 'protobuf alone',
    url: '/api/v1/pods?watch=true&resourceVersion=5',
    headers: { accept: 'application/vnd.kubernetes.protobuf' },
  },
  { what: 'somebody else', url: '/api/v1/pods?watch=true&resourceVersion=5', headers: { 'impersonate-user': 'root' } },
  { what: 'a group of nobody', url: '/api/v1/pods?watch=true&resourceVersion=5', headers: { 'impersonate-group': 'dev' } },
  { what: 'the old form', url: '/api/v1/watch/pods?watch=true&resourceVersion=5' },
  { what: 'a path that is none', url: '/api/v1/namespaces/%E0%A4%A/pods?watch=true&resourceVersion=5' },
  { what: 'what is no URL', url: '//[?watch=true&resourceVersion=5' },
  { what: 'a log', url: '/api/v1/namespaces/n/pods/p/log?watch=true&resourceVersion=5' },
])('leaves $what alone', ({ url, headers, method }) => {
  expect(request(url, headers, method)).toBeUndefined()
})

it('is the same for all who ask for the same, from wherever', () => {
  const protobufToo = { accept: 'application/vnd.kubernetes.protobuf;type=watch, application/json' }
  const one = request(
    '/api/v1/namespaces/n/pods?watch=true&resourceVersion=5&labelSelector=a%3Db&timeoutSeconds=300',
    protobufToo,
  )
  const other = request('/api/v1/namespaces/n/pods?labelSelector=a%3Db&allowWatchBookmarks=1&resourceVersion=9&watch=1')
  expect(one?.key).toBe(other?.key)
  expect(one).toMatchObject({ after: 5, bookmarks: false, timeoutSeconds: 300, accept: 'application/json' })
  expect(other).toMatchObject({ after: 9, bookmarks: true, timeoutSeconds: undefined })
  expect(request('/api/v1/namespaces/n/pods?watch=1&resourceVersion=9')?.key).not.toBe(one?.key)
  const asTable = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' }
  expect(request('/api/v1/namespaces/n/pods?labelSelector=a%3Db&watch=1&resourceVersion=9', asTable)?.key).not.toBe(one?.key)
})

it.each([
  ['/api/v1/nodes', { group: '', version: 'v1', resource: 'nodes', namespace: '', name: '' }],
  ['/api/v1/namespaces/n', { group: '', version: 'v1', resource: 'namespaces', namespace: '', name: 'n' }],
  ['/api/v1/namespaces/n/pods/p', { group: '', version: 'v1', resource: 'pods', namespace: 'n', name: 'p' }],
  ['/apis/apps/v1/namespaces/n/deployments', { group: 'apps', version: 'v1', resource: 'deployments', namespace: 'n', name: '' }],
])('knows what %s is about', (path, wanted) => {
  expect(request(`${path}?watch=true&resourceVersion=5`)?.resource).toEqual(wanted)
})

import type { Request } from '../case.ts'

export const maps = '/api/v1/namespaces/NS/configmaps'
export const base = '/api/v1/namespaces/NS'
export const post = (path: string, body: object): Request => ({ method: 'POST', path, body })
export const patch = (path: string, body: object): Request => ({ method: 'PATCH', path, body })
export const put = (path: string, body: object): Request => ({ method: 'PUT', path, body })
export const remove = (path: string, body?: object): Request => ({ method: 'DELETE', path, ...(body && { body }) })
export const map = (name: string, data: object = {}, metadata: object = {}): object => ({ metadata: { name, ...metadata }, data })
export const create = (name = 'a', data: object = {}, metadata: object = {}) => post(maps, map(name, data, metadata))
export const as = (user: string, said: Request, more: Request['headers'] = {}): Request => ({
  ...said,
  headers: { 'impersonate-user': user, 'impersonate-group': ['system:masters'], ...more },
})
export const account = post(`${base}/serviceaccounts`, { metadata: { name: 'default' } })
export const container = { name: 'c', image: 'i' }
export const pod = post(`${base}/pods`, {
  metadata: { name: 'p' },
  spec: { automountServiceAccountToken: false, containers: [container] },
})
export const deployment = (name: string) =>
  post('/apis/apps/v1/namespaces/NS/deployments', {
    metadata: { name },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } },
    },
  })
export const scaler = (version: string, name: string) =>
  post(`/apis/autoscaling/${version}/namespaces/NS/horizontalpodautoscalers`, {
    metadata: { name },
    spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } },
  })
export const role = (name: string) =>
  post('/apis/rbac.authorization.k8s.io/v1/clusterroles', { metadata: { name, labels: { of: 'NS' } }, rules: [] })

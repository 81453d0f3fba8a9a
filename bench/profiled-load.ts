import { ApiConnection } from './api-connection.ts'
import { configMap, makeNamespace, rate } from './requests.ts'

/** What the profiled server is asked for, by a process of its own; each answer is how many requests it was. */
export type ProfiledLoad = 'warm-up' | 'create' | 'get' | 'update' | 'list'

const objects = 10_000
const path = '/api/v1/namespaces/bench/configmaps'
const api = new ApiConnection(process.argv[2]!)

const perform = async (load: ProfiledLoad): Promise<number> => {
  const count = load === 'list' ? 30 : load === 'warm-up' ? 2000 : objects
  const call = (index: number): Promise<unknown> => {
    if (load === 'warm-up') return api.call('POST', path, configMap(objects + index))
    if (load === 'create') return api.call('POST', path, configMap(index))
    if (load === 'get') return api.call('GET', `${path}/object-${index}`)
    if (load === 'update') return api.call('PUT', `${path}/object-${index}`, configMap(index, 'second'))
    return api.call('GET', path)
  }
  await rate(load, count, call, load === 'list' ? 1 : 16)
  return count
}

await makeNamespace(api)
process.on('message', async (load: ProfiledLoad) => {
  const count = await perform(load)
  process.send?.(count)
})

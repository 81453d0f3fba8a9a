import { expect, it } from 'vitest'
import type { ConfigData, ConfigSource } from '../../../agent/container/config-source.ts'
import { FollowedConfig } from '../../../agent/informer/followed-config.ts'
import type { Pod } from '../../../shared/resources/resource.ts'

const start = () => {
  const values = new Map<string, string>([['n/a', '1']])
  const reads: string[] = []
  const read = async (namespace: string, name: string, optional?: boolean): Promise<ConfigData | undefined> => {
    reads.push(`${namespace}/${name}`)
    const value = values.get(`${namespace}/${name}`)
    if (value === undefined && !optional) throw new Error(`"${name}" not found`)
    return value === undefined ? undefined : { type: 'ConfigMap', data: new Map([['key', Buffer.from(value)]]) }
  }
  const source: ConfigSource = { configMap: read, secret: read }
  const config = new FollowedConfig(source)
  const value = async (name: string) => String((await config.configMap('n', name, true))?.data.get('key'))
  return { values, reads, config, value }
}
const pod = (uid: string, namespace = 'n') => ({ metadata: { uid, namespace, name: uid } }) as Pod

it('reads an object once until a letter says that it has changed', async () => {
  const { values, reads, config, value } = start()
  expect([await value('a'), await value('a')]).toEqual(['1', '1'])
  values.set('n/a', '2')
  expect(await value('a')).toBe('1')
  config.changed('configmaps', 'n', 'a')
  expect(await value('a')).toBe('2')
  config.changed('secrets', 'n', 'a')
  expect(await value('a')).toBe('2')
  expect(reads).toEqual(['n/a', 'n/a'])
})

it('reads anew for a new pod of the namespace, and after everything was listed', async () => {
  const { values, config, value } = start()
  await value('a')
  values.set('n/a', '2')
  config.follow(pod('x', 'other'), undefined)
  config.follow(pod('x'), pod('x'))
  expect(await value('a')).toBe('1')
  config.follow(pod('y'), undefined)
  expect(await value('a')).toBe('2')
  values.set('n/a', '3')
  config.forgetAll()
  expect(await value('a')).toBe('3')
})

it('keeps neither what is missing nor what failed', async () => {
  const { values, config, value } = start()
  expect(await value('late')).toBe('undefined')
  await expect(config.configMap('n', 'required')).rejects.toThrow('not found')
  values.set('n/late', '1')
  values.set('n/required', '1')
  expect([await value('late'), await value('required')]).toEqual(['1', '1'])
})

import { afterAll, describe, expect, it } from 'vitest'
import { Cluster, titled, whyNoContainers } from './cluster.ts'

const why = whyNoContainers()

describe.skipIf(why !== undefined)(titled('a start that is given up by Ctrl-C', why), () => {
  const cluster = new Cluster({ runtime: 'docker', nodes: 2 })
  afterAll(() => cluster.dispose())

  it.each(['API server at', 'context "windlass"', 'node windlass-1 is Ready'])(
    'leaves no process behind after it has said "%s"',
    async (until) => {
      await cluster.start({ until })
      await cluster.interrupt()
      expect(cluster.output).toContain('stopping …')
      expect(cluster.pids()).toEqual([])
    },
  )

  it('leaves what the next start takes up', async () => {
    await cluster.start()
    expect(await cluster.kubectl.ok('get', 'nodes', '--no-headers')).toMatch(/ Ready .*\n.* Ready /)
  })
})

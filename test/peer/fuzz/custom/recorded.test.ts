import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { differences } from '../../compare/difference.ts'
import type { Heard } from '../heard.ts'
import type { FuzzRequest } from '../request.ts'
import { startOurs } from '../servers.ts'
import { whyDiffers } from './explained.ts'
import { createCustomSpeaker, judging } from './servers.ts'

interface Said {
  readonly request: FuzzRequest
  readonly heard: Heard
}

let ours: Awaited<ReturnType<typeof startOurs>>
beforeAll(async () => {
  ours = await startOurs({ name: 'admin', groups: ['system:masters', 'system:authenticated'] })
})
afterAll(() => ours.stop())

const recorded = JSON.parse(readFileSync(new URL('./recorded.json', import.meta.url), 'utf8')) as Said[][]

it.each(recorded.map((said, index) => [index, said] as const))(
  'conversation %i: what a real API server said about a generated definition and its objects',
  async (_index, said) => {
    const tell = createCustomSpeaker(judging(ours.server))
    for (const { request, heard } of said) {
      const own = JSON.parse(JSON.stringify(await tell(request))) as Heard
      const all = differences('', own, heard)
      const why = all.length === 0 ? 'nothing differs' : whyDiffers({ request, ours: own, peer: heard, all })
      expect(why === undefined ? { request, all } : undefined).toBeUndefined()
      // The rest of a conversation depends on what was answered.
      if (own.code < 300 !== heard.code < 300) break
    }
    await tell.finish()
  },
)

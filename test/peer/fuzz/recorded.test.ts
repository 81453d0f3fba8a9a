import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { differences } from '../compare/difference.ts'
import { whyDiffers } from './explained.ts'
import type { Heard } from './heard.ts'
import { mendedConversations } from './mended.ts'
import type { FuzzRequest } from './request.ts'
import { startOurs } from './servers.ts'
import { createSpeaker } from './speaker.ts'

interface Said {
  readonly request: FuzzRequest
  readonly heard: Heard
}

let ours: Awaited<ReturnType<typeof startOurs>>
beforeAll(async () => {
  ours = await startOurs({
    name: 'admin',
    groups: ['system:masters', 'system:authenticated'],
    extra: { 'authentication.kubernetes.io/credential-id': ['(credential)'] },
  })
})
afterAll(() => ours.stop())

const read = (file: string) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Said[][]
const recorded = read('./recorded.json')
const mended = read('./mended.json')

const hold = async (said: readonly Said[]): Promise<void> => {
  const tell = createSpeaker(ours.server)
  for (const { request, heard } of said) {
    const own = await tell(request)
    const all = differences('', JSON.parse(JSON.stringify(own)), heard)
    const why = all.length === 0 ? 'nothing differs' : whyDiffers({ request, ours: own, peer: heard, all })
    expect(why === undefined ? { request, all } : undefined).toBeUndefined()
    // The rest of a conversation depends on what was answered.
    if (own.code < 300 !== heard.code < 300) return
  }
}

it.each(recorded.map((said) => [said[0]!.request.path, said] as const))(
  '%s: what a real API server said to generated requests',
  (_path, said) => hold(said),
)

it.each(mendedConversations().map(({ what }, index) => [what, mended[index]!] as const))('mended: %s', (_what, said) =>
  hold(said),
)

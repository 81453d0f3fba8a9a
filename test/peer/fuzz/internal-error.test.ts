import { afterAll, beforeAll, expect, it } from 'vitest'
import { definitions } from '../../../shared/resources/index.ts'
import { loadPublished, loadSchemas } from '../../../shared/resources/schemas.ts'
import { allVersions } from '../../../shared/resources/served-version.ts'
import { seededRandom } from '../../contract/random.ts'
import { conversationOf, fuzzKinds } from './conversation.ts'
import type { Heard } from './heard.ts'
import { startOurs } from './servers.ts'
import { createSpeaker } from './speaker.ts'

let ours: Awaited<ReturnType<typeof startOurs>>
beforeAll(async () => {
  ours = await startOurs({ name: 'admin', groups: ['system:masters', 'system:authenticated'] })
})
afterAll(() => ours.stop())

const kinds = fuzzKinds(allVersions(definitions)).map((kind) => [kind.path, kind] as const)

/** Longer ones: `FUZZ_CONVERSATIONS=1000 npx vitest run test/peer/fuzz`. */
const conversations = Number(process.env.FUZZ_CONVERSATIONS ?? 12)

/** What can not be applied has no reason, so upstream says 500 to it. */
const isUpstreams = ({ body }: Heard) =>
  /^failed to (?:create typed patch object|convert new object|create manager for existing fields|prune fields) ?/.test(
    String((body as { message?: unknown }).message),
  )

it.each(kinds)('no request about %s is answered with an internal error', { timeout: 600_000 }, async (path, kind) => {
  const source = { schemas: loadSchemas(), published: loadPublished(), random: seededRandom(path.length + 7) }
  for (let number = 0; number < conversations; number++) {
    const tell = createSpeaker(ours.server)
    for (const request of conversationOf(source, kind, number)) {
      const heard = await tell(request)
      if (isUpstreams(heard)) continue
      expect(
        heard.code,
        `${request.method} ${request.path} ${request.type ?? ''} ${request.body}: ${JSON.stringify(heard.body)}`,
      ).toBeLessThan(500)
    }
  }
})

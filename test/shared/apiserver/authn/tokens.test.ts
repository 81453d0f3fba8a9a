import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { createTokens } from '../../../../shared/apiserver/authn/tokens.ts'
import { systemClock } from '../../../../shared/platform/clock.ts'
import { systemRandom } from '../../../../shared/platform/random.ts'

it('takes an issuer that is known only when the first token is made', async () => {
  let issuer: string | undefined
  const parts = {
    privateKeyPem: generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    clock: systemClock,
    random: systemRandom,
  }
  const late = createTokens({ ...parts, issuer: () => issuer! })
  issuer = 'https://issuer.example'
  expect(late.issuer).toBe(issuer)
  expect(late.audiences).toEqual([issuer])
  const serviceAccount = { namespace: 'a', name: 'b', uid: 'c' }
  const token = await late.issue({ serviceAccount, audiences: late.audiences, expiresAtMs: Date.now() + 60_000 })
  for (const tokens of [late, createTokens({ ...parts, issuer })])
    expect(await tokens.verify(token)).toMatchObject({ serviceAccount, audiences: [issuer] })
  expect(await createTokens({ ...parts, issuer: 'https://another.example' }).verify(token)).toBeUndefined()
})

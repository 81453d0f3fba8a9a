import { describe, expect, it } from 'vitest'
import { dataHash, templatePatch } from '../../../../shared/controllers/history/revision.ts'
import { goDump } from '../../../../shared/controllers/template-hash/go-dump.ts'
import { templateHash } from '../../../../shared/controllers/template-hash/template-hash.ts'
import type { PodTemplateSpec } from '../../../../shared/resources/generated/types.ts'
import { loadTemplateShape } from '../../../../shared/resources/schemas.ts'
import { arbitraryTemplate } from './arbitrary.ts'
import { missingOracle, upstreamDumps } from './oracle/oracle.ts'
import real from './real.json' with { type: 'json' }
import recorded from './recorded.json' with { type: 'json' }

describe('the hash of a pod template', () => {
  it('is the one that upstream computes', () => {
    for (const [seed, hash] of recorded.entries())
      expect(templateHash(arbitraryTemplate(seed), undefined), `seed ${seed}`).toBe(hash)
  })

  it("is the one in the names that a real controller manager gave, as is a StatefulSet's", () => {
    const template = real.template as PodTemplateSpec
    expect(templateHash(template, undefined)).toBe(real.deployment)
    expect(templateHash(template, undefined)).toBe(real.daemonSet)
    expect(dataHash(templatePatch(template), 0)).toBe(real.statefulSet)
  })

  it('moves away from a taken name with the count of collisions', () => {
    const hashes = [undefined, 0, 1, 2].map((count) => templateHash(arbitraryTemplate(1), count))
    expect(new Set(hashes).size).toBe(4)
  })
})

describe.skipIf(missingOracle !== undefined)(
  `templates in print, beside upstream's library (${missingOracle ?? 'there'})`,
  () => {
    it('say the same, whatever is in them', { timeout: 120_000 }, () => {
      const first = Number(process.env.SEED ?? 1_000)
      const templates = Array.from({ length: 100 }, (_, index) => arbitraryTemplate(first + index))
      const dumps = upstreamDumps(templates)
      for (const [index, template] of templates.entries())
        expect(goDump('v1.PodTemplateSpec', template, loadTemplateShape()), `seed ${first + index}`).toBe(dumps[index])
    })
  },
)

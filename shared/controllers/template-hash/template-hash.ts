import type { PodTemplateSpec } from '../../resources/generated/types.ts'
import { loadTemplateShape } from '../../resources/schemas.ts'
import { fnv32a, safeEncode } from '../hash.ts'
import { goDump } from './go-dump.ts'

/**
 * Names what is made of a template, with upstream's value for it: a hash of the template's Go value in print. `collisionCount` moves it away
 * from a taken name.
 */
export const templateHash = (template: PodTemplateSpec, collisionCount: number | undefined): string => {
  const text = Buffer.from(goDump('v1.PodTemplateSpec', template, loadTemplateShape()))
  if (collisionCount === undefined) return safeEncode(fnv32a(text))
  const probe = Buffer.alloc(8)
  probe.writeUInt32LE(collisionCount)
  return safeEncode(fnv32a(Buffer.concat([text, probe])))
}

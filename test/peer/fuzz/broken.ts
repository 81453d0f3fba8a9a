import type { Random } from '../../contract/random.ts'
import type { FuzzRequest } from './request.ts'

type Body = Pick<FuzzRequest, 'body' | 'base64' | 'type'>

const json = 'application/json'

/** A body that is not what it says. */
const ways: readonly ((text: string, random: Random) => Body)[] = [
  (text, random) => ({ body: text.slice(0, random.below(text.length)), type: json }),
  (text, random) => {
    const bytes = Buffer.from(text)
    bytes[random.below(bytes.length)] = random.pick([0xff, 0xc0, 0x80, 0x00, 0x0a])
    return { body: bytes.toString('base64'), base64: true, type: json }
  },
  (text) => ({ body: text.replace('{', '{"kind":"b",'), type: json }),
  (text) => ({ body: text.replace(/"name":/, '"name":"a","name":'), type: json }),
  (text) => ({ body: `${text}${text}`, type: json }),
  (text) => ({ body: `${text}x`, type: json }),
  () => ({ body: `${'['.repeat(20_000)}${']'.repeat(20_000)}`, type: json }),
  () => ({ body: `${'{"a":'.repeat(11_000)}1${'}'.repeat(11_000)}`, type: json }),
  (text) => ({ body: text.replace('{', '{"x":1e999,'), type: json }),
  (text) => ({ body: text.replace('{', '{"x":123456789012345678901234567890,'), type: json }),
  (_text, random) => ({ body: random.pick(['', 'null', '1', '"a"', '[]', '{}', 'true', '\n', '{', '}', '[null]']), type: json }),
  (text, random) => ({
    body: text,
    type: random.pick([
      'application/yaml',
      'text/plain',
      'application/xml',
      'application/x',
      '',
      'application/json;charset=latin1',
    ]),
  }),
  (text) => ({ body: text.replace(/"kind":"\w+"/, '"kind":"Nothing"'), type: json }),
  (text) => ({ body: text.replace(/"apiVersion":"[^"]+"/, '"apiVersion":"x/v1"'), type: json }),
  (text) => ({ body: text.replace(/"name":"[^"]+"/, '"generateName":"a"'), type: json }),
]

export const broken = (random: Random, text: string): Body => random.pick(ways)(text, random)

import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import type { DataKey } from '../key-provider.ts'

/**
 * What stands in the secret, as JSON. Secrets Manager itself makes the first one, with a `seed` of at least 32 random characters (CDK:
 * `generateSecretString: { secretStringTemplate: '{"version":1}', generateStringKey: 'seed', passwordLength: 64, excludePunctuation: true }`):
 * the first key is derived from it. Each rotation adds a key; the older ones stay for what they encrypted.
 */
interface KeyDocument {
  readonly version: 1
  readonly seed: string
  /** base64, the newest last */
  readonly keys?: readonly string[]
}

/** The newest last. Throws when it is no such document; the text never shows in the error. */
export const parseKeys = (text: string): DataKey[] => {
  const { seed, keys } = parse(text)
  return [derivedKey(seed), ...keys.map((key) => Buffer.from(key, 'base64'))].map(dataKey)
}

/** The same with a new key at the end. */
export const withNewKey = (text: string): string => {
  const { seed, keys } = parse(text)
  return JSON.stringify({ version: 1, seed, keys: [...keys, randomBytes(32).toString('base64')] } satisfies KeyDocument)
}

const parse = (text: string): Required<KeyDocument> => {
  const { version, seed, keys = [] } = parseJson(text)
  const isKey = (key: unknown) => typeof key === 'string' && Buffer.from(key, 'base64').length === 32
  if (version !== 1 || typeof seed !== 'string' || seed.length < 32 || !Array.isArray(keys) || !keys.every(isKey)) {
    throw new Error('it holds no data keys: { "version": 1, "seed": … } is what it should hold')
  }
  return { version, seed, keys }
}

const parseJson = (text: string): Partial<KeyDocument> => {
  try {
    return (JSON.parse(text) ?? {}) as Partial<KeyDocument>
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

const derivedKey = (seed: string): Uint8Array => new Uint8Array(hkdfSync('sha256', seed, '', 'windlass data key', 32))

/** Says which key it is without saying what it is. */
const dataKey = (key: Uint8Array): DataKey => ({ id: createHash('sha256').update(key).digest('hex').slice(0, 12), key })

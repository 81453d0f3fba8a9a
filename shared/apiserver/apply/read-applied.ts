import { DecodeError, parseJson } from '../../meta/decode/json.ts'
import { parseYaml } from '../../meta/decode/yaml.ts'
import { isJsonObject, jsonTypeOf } from '../../meta/json-value.ts'
import type { KubeObject } from '../../meta/object.ts'
import { badRequest } from '../../meta/status.ts'
import { bodyLimitBytes } from '../body.ts'
import type { ResourceContext } from '../context.ts'
import { flagIn } from '../objects/query-value.ts'
import { fieldValidationOf } from '../objects/write-options.ts'
import type { ApiRequest } from '../request.ts'
import type { ApplyRequest } from './apply-object.ts'

interface ReadApplied {
  readonly object: KubeObject
  /** upstream's lines about keys that stand twice */
  readonly duplicates: readonly string[]
}

/** What a request wants applied, by whom. Throws ApiError BadRequest. */
export const readApply = async (request: ApiRequest): Promise<ApplyRequest & Pick<ReadApplied, 'duplicates'>> => {
  const { object: applied, duplicates } = await readApplied(request)
  const manager = request.query.get('fieldManager')!
  return { applied, duplicates, manager, force: flagIn(request.query, 'force') ?? false }
}

/** Keys that stand twice are told after what is wrong with the rest. */
export const checkDuplicates = ({ request, warnings }: ResourceContext, duplicates: readonly string[]): void => {
  const validation = fieldValidationOf(request)
  if (duplicates.length === 0 || validation === 'Ignore') return
  if (validation === 'Strict') {
    const lines = duplicates.map((line) => `\n  ${line}`).join('')
    throw badRequest(`error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:${lines}`)
  }
  // It may be applied more than once, after conflicts.
  for (const line of duplicates) if (!warnings.includes(line)) warnings.push(line)
}

/** The body of an apply, which is YAML; JSON, which most clients send, is read as such. Throws ApiError BadRequest. */
const readApplied = async (request: ApiRequest): Promise<ReadApplied> => {
  const bytes = await request.body(bodyLimitBytes)
  request.audit?.requestedBytes(bytes)
  try {
    const { value, duplicates } = parseEither(bytes)
    if (value !== null && value !== undefined && !isJsonObject(value)) {
      throw new DecodeError(
        `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type map[string]interface {}`,
      )
    }
    return { object: (value ?? {}) as unknown as KubeObject, duplicates }
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(`error decoding YAML: ${error.message}`) : error
  }
}

const brace = 0x7b

const parseEither = (bytes: Uint8Array): { value: unknown; duplicates: string[] } => {
  if (bytes[0] === brace) {
    try {
      const { value, duplicates } = parseJson(bytes, true)
      if (duplicates.length === 0) return { value, duplicates }
    } catch (error) {
      // It may be YAML that begins like JSON.
      if (!(error instanceof DecodeError)) throw error
    }
  }
  return parseYaml(bytes)
}

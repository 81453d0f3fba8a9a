import { conform } from './decode/conform.ts'
import { duplicateField, findingsInOrder, unknownField } from './decode/findings.ts'
import { DecodeError, parseJson } from './decode/json.ts'
import { parseYaml } from './decode/yaml.ts'
import type { KubeObject } from './object.ts'
import type { SchemaTable } from './schema.ts'
import { ApiError, badRequest } from './status.ts'
import { readStructural } from './structural/read.ts'

/** What happens to unknown and duplicate fields: refused, dropped with a warning, dropped. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

export interface DecodeOptions {
  /** `application/json` when undefined; parameters after a semicolon are ignored */
  readonly contentType?: string | undefined
  /** of the type in the schema table: `io.k8s.api.core.v1.Pod` */
  readonly schema: string
  readonly schemas: SchemaTable
  /** default: Warn */
  readonly fieldValidation?: FieldValidation | undefined
  /** looks at the value as it was read, and throws what comes before all else that is wrong with it */
  readonly check?: ((value: unknown) => void) | undefined
}

export interface Decoded<T> {
  readonly object: T
  readonly warnings: string[]
}

/** A body to an object of its type. Throws ApiError BadRequest in upstream's words. */
export const decode = <T = KubeObject>(bytes: Uint8Array, options: DecodeOptions): Decoded<T> => {
  const { contentType = 'application/json', schema, schemas, fieldValidation = 'Warn' } = options
  const parsed = parse(bytes, { contentType, kind: kindOf(schema), strict: fieldValidation !== 'Ignore' })
  const { duplicates } = parsed
  // Go leaves a struct as it was when it reads a null.
  const value = parsed.value ?? {}
  options.check?.(value)
  return within(value, schema, () => {
    const { object, unknownFields } = readAs(value, schema, { schemas })
    const findings = () =>
      duplicates.length && unknownFields.length && !isYaml(contentType)
        ? findingsInOrder(new TextDecoder().decode(bytes), unknownFields)
        : [...duplicates, ...unknownFields.map(unknownField)]
    const warnings = fieldValidation === 'Ignore' ? [] : findings()
    if (fieldValidation === 'Strict' && warnings.length) throw new DecodeError(`strict decoding error: ${warnings.join(', ')}`)
    return { object: object as T, warnings }
  })
}

export interface DecodeValueOptions extends Omit<DecodeOptions, 'contentType'> {
  /** what was found where the value comes from, besides unknown fields: it comes before them */
  readonly findings?: readonly string[] | undefined
  /** of a custom type: nulls that it does not allow stay for validation */
  readonly keepsNulls?: boolean | undefined
  /** errors are told as Go does that converts what was read before */
  readonly converted?: boolean | undefined
}

/** The same for a value that is already parsed, a patched object for instance; it is changed in place. */
export const decodeValue = <T = KubeObject>(value: unknown, options: DecodeValueOptions): Decoded<T> => {
  const { schema, schemas, fieldValidation = 'Warn', check } = options
  check?.(value)
  return within(value, schema, () => {
    const { object, unknownFields } = readAs(value, schema, {
      schemas,
      keepsNulls: options.keepsNulls,
      converted: options.converted,
    })
    const warnings = fieldValidation === 'Ignore' ? [] : [...(options.findings ?? []), ...unknownFields.map(unknownField)]
    if (fieldValidation === 'Strict' && warnings.length) throw new DecodeError(`strict decoding error: ${warnings.join(', ')}`)
    return { object: object as T, warnings }
  })
}

const readAs = (
  value: unknown,
  schema: string,
  { schemas, keepsNulls, converted }: { schemas: SchemaTable } & Pick<DecodeValueOptions, 'keepsNulls' | 'converted'>,
) => {
  const structure = schemas[schema]?.structure
  return structure ? readStructural(value, structure, { schemas, keepsNulls }) : conform(value, schema, { schemas, converted })
}

/** JSON or YAML without a type: patches, objects of unknown kinds. Throws ApiError BadRequest. */
export const parse = (
  bytes: Uint8Array,
  options: { contentType?: string; kind: string; strict: boolean },
): { value: unknown; duplicates: string[] } => {
  try {
    if (isYaml(options.contentType ?? '')) return parseYaml(bytes)
    const { value, duplicates } = parseJson(bytes, options.strict)
    return { value, duplicates: duplicates.map(duplicateField) }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const reason = isYaml(options.contentType ?? '')
      ? error.message
      : `couldn't get version/kind; json parse error: ${error.message}`
    throw badRequest(`the object provided is unrecognized (must be of type ${options.kind}): ${reason} (${summary(bytes)})`)
  }
}

const isYaml = (contentType: string) => /^(application|text)\/(x-)?yaml\b/.test(contentType)
const kindOf = (schema: string) => schema.split('.').at(-1)!

/** Puts the kind that the data claims to be before what is wrong with it. */
const within = <T>(value: unknown, schema: string, run: () => T): T => {
  const claimed = (typeof value === 'object' && value !== null ? value : {}) as { kind?: unknown; apiVersion?: unknown }
  try {
    return run()
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const kind = typeof claimed.kind === 'string' && claimed.kind ? claimed.kind : kindOf(schema)
    const version = typeof claimed.apiVersion === 'string' && claimed.apiVersion ? claimed.apiVersion : schema.split('.').at(-2)!
    const message = `${kind} in version "${version.split('/').at(-1)}" cannot be handled as a ${kindOf(schema)}: ${error.message}`
    throw new ApiError('BadRequest', message, { cause: error })
  }
}

const summary = (bytes: Uint8Array): string => {
  if (bytes.length === 0) return '<empty>'
  const start = Buffer.from(bytes.subarray(0, 30))
  const shown = bytes[0] === 0x7b ? start.toString('utf8') : start.toString('hex')
  return bytes.length > 30 ? `${shown} ...` : shown
}

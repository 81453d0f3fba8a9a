import { readFileSync } from 'node:fs'
import type { SchemaTable } from '../meta/schema.ts'

/** What each type is for, and each of its fields. */
export type DescriptionTable = Readonly<Record<string, readonly [type: string, fields: Readonly<Record<string, string>>]>>

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`./generated/${name}`, import.meta.url), 'utf8'))

let schemas: SchemaTable | undefined
let descriptions: DescriptionTable | undefined

/** The built-in types; read once, in a few milliseconds. */
export const loadSchemas = (): SchemaTable => {
  schemas ??= read('schemas.json') as SchemaTable
  return schemas
}

/** Only OpenAPI needs them. */
export const loadDescriptions = (): DescriptionTable => {
  descriptions ??= read('descriptions.json') as DescriptionTable
  return descriptions
}

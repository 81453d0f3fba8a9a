import { readFileSync } from 'node:fs'
import type { ProtobufTable } from '../meta/protobuf.ts'
import type { SchemaTable } from '../meta/schema.ts'

/** What each type is for, and each of its fields. */
export type DescriptionTable = Readonly<Record<string, readonly [type: string, fields: Readonly<Record<string, string>>]>>

/** What OpenAPI tells of a type's fields beside their types; `enum` is of the items where the field is a list or a map. */
export type PublishedTable = Readonly<Record<string, PublishedType>>

export interface PublishedType {
  readonly fields: Readonly<Record<string, { readonly default?: unknown; readonly enum?: readonly string[] }>>
  readonly unions?: readonly unknown[]
}

/** Go's structs `[Go name, JSON name or '' where it is embedded, type]` by their printed names, or the type that a name stands for. */
export type TemplateShape = Readonly<Record<string, string | readonly (readonly [name: string, json: string, type: string])[]>>

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`./generated/${name}`, import.meta.url), 'utf8'))

let schemas: SchemaTable | undefined
let protobuf: ProtobufTable | undefined
let descriptions: DescriptionTable | undefined
let published: PublishedTable | undefined
let templateShape: TemplateShape | undefined

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

/** Only OpenAPI needs it. */
export const loadPublished = (): PublishedTable => {
  published ??= read('published.json') as PublishedTable
  return published
}

/** Only bodies in protobuf need it: Go clients send those of built-in types. */
export const loadProtobufTable = (): ProtobufTable => {
  protobuf ??= read('protobuf.json') as ProtobufTable
  return protobuf
}

/** Only hashes of pod templates need it. */
export const loadTemplateShape = (): TemplateShape => {
  templateShape ??= read('template-shape.json') as TemplateShape
  return templateShape
}

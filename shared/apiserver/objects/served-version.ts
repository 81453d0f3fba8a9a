import { Buffer } from 'node:buffer'
import { apiVersionOf, type KubeObject } from '../../meta/object.ts'
import { applyDefaults } from '../../resources/apply-defaults.ts'
import type { ResourceContext } from '../context.ts'
import { decodeStored } from './encode.ts'

/** The type that the request's path asks for. */
export const askedType = ({ definition, servedAs }: Pick<ResourceContext, 'definition' | 'servedAs'>) => {
  const { group, version, schema } = servedAs ?? definition
  return { group, version, schema, kind: definition.kind }
}

/** A decoded object of the version asked for, as it is stored, defaulted. */
export const toStored = (
  {
    definition,
    servedAs,
    parts: { schemas },
  }: Pick<ResourceContext, 'definition' | 'servedAs'> & {
    readonly parts: Pick<ResourceContext['parts'], 'schemas'>
  },
  object: KubeObject,
): KubeObject => {
  if (servedAs) applyDefaults(servedAs, object, schemas)
  const stored = servedAs ? servedAs.toStored(object) : object
  applyDefaults(definition, stored, schemas)
  return stored
}

/** A stored object as the version asked for. */
export const fromStored = (
  { definition, servedAs }: Pick<ResourceContext, 'definition' | 'servedAs'>,
  object: KubeObject,
): KubeObject => {
  if (!servedAs) return object
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = servedAs.fromStored(object)
  return { kind: definition.kind, apiVersion: apiVersionOf(servedAs.group, servedAs.version), ...rest }
}

/** A stored object as its kind is now, a copy. */
export const decodeCurrent = ({ definition }: Pick<ResourceContext, 'definition'>, bytes: Uint8Array): KubeObject => {
  const object = decodeStored(bytes)
  return definition.renew ? definition.renew(object) : object
}

/**
 * Waits for what the version asked for is made of, where another one makes it: afterwards stored bytes are decoded as ever. Undefined:
 * there is nothing to wait for.
 */
export const readied = (context: ResourceContext, values: readonly Uint8Array[]): Promise<unknown> | undefined =>
  context.conversions?.ready(values.map((value) => () => decodeCurrent(context, value)))

/** What a look comes to that needs other versions of objects than those that were read. It may be taken several times. */
export const whenReadied = <T>({ conversions }: Pick<ResourceContext, 'conversions'>, look: () => T | Promise<T>) =>
  conversions ? conversions.whenReady(look) : look()

/** Stored bytes as the version asked for: the same ones unless it is another, or what is stored may be older than the kind. */
export const bytesFromStored = (context: ResourceContext, bytes: Uint8Array): Uint8Array =>
  context.servedAs || context.definition.renew
    ? Buffer.from(JSON.stringify(fromStored(context, decodeCurrent(context, bytes))))
    : bytes

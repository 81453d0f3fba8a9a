import { Buffer } from 'node:buffer'
import { apiVersionOf, type ObjectKey } from '../../meta/object.ts'
import { badRequest } from '../../meta/status.ts'
import { type Entry, RevisionExpired, type Store } from '../../storage/store.ts'
import { keyOf, type ResourceContext } from '../context.ts'
import { type ContinueToken, decodeContinueToken, encodeContinueToken, inconsistentContinue } from '../objects/continue-token.ts'
import { decodeStored } from '../objects/encode.ts'
import { type ListOptions, listOptionsOf } from '../objects/list-options.ts'
import { type Page, selectedPage } from '../objects/selected-page.ts'
import { type Selection, selectionOf } from '../objects/selection.ts'
import { bytesFromStored, readied } from '../objects/served-version.ts'
import { listKindOf, resourceOf } from '../registry.ts'
import { ListItems } from '../represent/list-items.ts'
import { listForms, negotiate, type Representation } from '../represent/negotiate.ts'
import { respondJsonParts } from '../represent/respond.ts'
import { respondList } from '../represent/respond-list.ts'
import type { ApiResponse } from '../request.ts'
import { tooLargeResourceVersion } from './get.ts'

export const listVerb = async (context: ResourceContext): Promise<ApiResponse> => {
  const { request } = context
  const representation = negotiate(request, listForms)
  const options = listOptionsOf(request, false)
  const { media, as } = representation
  const selection = selectionOf(context)
  if (as === 'Object' && !isConverted(context) && isWhole(options, selection)) return respondWhole(context, media)
  const page = await readPage(context, options, selection)
  const metadata = listMetadataOf(page)
  if (as !== 'Object') return respondList(context, representation, { values: page.values, metadata: { ...metadata } })
  await readied(context, page.values)
  const items = new ListItems()
  for (const value of page.values) items.add(bytesFromStored(context, value))
  return respondJsonParts(request, 200, { parts: listParts(context, items, metadata), media })
}

/** What is stored is not always the answer. */
const isConverted = ({ servedAs, definition }: ResourceContext): boolean =>
  servedAs !== undefined || definition.renew !== undefined

/** Everything that there is now. */
const isWhole = ({ resourceVersion, limit, continue: token }: ListOptions, { name, matches }: Selection): boolean =>
  !resourceVersion && !limit && !token && name === undefined && !matches

/** The stored bytes are the answer: nothing is parsed, and no entry is made of an object. */
const respondWhole = async (context: ResourceContext, media: Representation['media']): Promise<ApiResponse> => {
  const { parts, definition, info, request } = context
  const items = new ListItems()
  const revision = await parts.store.listValues(resourceOf(definition), info.namespace || undefined, (value) => items.add(value))
  const metadata = { resourceVersion: String(revision), continue: undefined, remainingItemCount: undefined }
  return respondJsonParts(request, 200, { parts: listParts(context, items, metadata), media })
}

export const listMetadataOf = ({ revision, next, remaining }: Page): ListMetadata => ({
  resourceVersion: String(revision),
  continue: next && encodeContinueToken({ revision, after: next }),
  remainingItemCount: remaining,
})

interface ListMetadata {
  readonly resourceVersion: string
  readonly continue: string | undefined
  readonly remainingItemCount: number | undefined
}

const readPage = async (context: ResourceContext, options: ListOptions, selection: Selection): Promise<Page> => {
  const { parts, definition, info } = context
  const { store } = parts
  const { at, token } = await positionOf(context, options)
  if (selection.name !== undefined && (info.namespace !== '' || !definition.namespaced) && at === undefined) {
    const found = await readOne(store, keyOf(context, selection.name))
    if (found) {
      const { entry, revision } = found
      if (entry) await selection.ready?.([entry.value])
      const wanted = entry && (!selection.matches || selection.matches(decodeStored(entry.value)))
      return { values: entry && wanted ? [entry.value] : [], revision, remaining: undefined, next: undefined }
    }
  }
  try {
    return await selectedPage(store, {
      resource: resourceOf(definition),
      namespace: info.namespace || undefined,
      selection,
      limit: options.limit,
      at,
      after: token?.after,
    })
  } catch (error) {
    if (error instanceof RevisionExpired && token) throw inconsistentContinue(token)
    throw error
  }
}

const mostTries = 3

/** One object and a revision that it, or that there is none, is the state at. Undefined: the log moved on at each try. */
const readOne = async (store: Store, key: ObjectKey): Promise<{ entry: Entry | undefined; revision: number } | undefined> => {
  let revision = await store.revision()
  for (let tries = 0; tries < mostTries; tries++) {
    const entry = await store.get(key)
    if (entry) return { entry, revision: Math.max(revision, entry.revision) }
    const after = await store.revision()
    if (after === revision) return { entry, revision }
    revision = after
  }
  return undefined
}

/** At which revision to read, by resourceVersion, resourceVersionMatch and continue. */
const positionOf = async (
  { parts }: ResourceContext,
  options: ListOptions,
): Promise<{ at: number | undefined; token?: ContinueToken }> => {
  const { resourceVersion: wanted, match, limit } = options
  if (options.continue) {
    if (wanted !== undefined && wanted !== 0) {
      throw badRequest('specifying resource version is not allowed when using continue')
    }
    const token = decodeContinueToken(options.continue)
    return { at: token.revision === -1 ? undefined : token.revision, token }
  }
  if (wanted === undefined || wanted === 0) return { at: undefined }
  // With a limit and no rule given, upstream reads exactly there.
  if (match === 'Exact' || (match === undefined && limit)) return { at: wanted }
  const current = await parts.store.revision()
  if (wanted > current) throw tooLargeResourceVersion(wanted, current)
  return { at: undefined }
}

const end = Buffer.from(']}\n')

const listParts = ({ definition, info }: ResourceContext, items: ListItems, metadata: ListMetadata): Uint8Array[] => {
  const apiVersion = apiVersionOf(info.group, info.version)
  const head = `{"kind":"${listKindOf(definition)}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},"items":[`
  return [Buffer.from(head), ...items.chunks(), end]
}

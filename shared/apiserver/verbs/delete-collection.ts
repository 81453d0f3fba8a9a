import { Buffer } from 'node:buffer'
import { apiVersionOf } from '../../meta/object.ts'
import type { NamedObjectMeta } from '../../meta/object-meta.ts'
import { isReason } from '../../meta/status.ts'
import type { ResourceContext } from '../context.ts'
import { decodeContinueToken } from '../objects/continue-token.ts'
import { decodeMetadata } from '../objects/decode-metadata.ts'
import { deleteObject } from '../objects/delete.ts'
import { type DeleteOptions, readDeleteOptions } from '../objects/delete-options.ts'
import { listOptionsOf } from '../objects/list-options.ts'
import { selectedPage } from '../objects/selected-page.ts'
import { selectionOf } from '../objects/selection.ts'
import { bytesFromStored, readied } from '../objects/served-version.ts'
import { listKindOf, resourceOf } from '../registry.ts'
import { listForms, negotiate } from '../represent/negotiate.ts'
import { respondJsonBytes } from '../represent/respond.ts'
import { respondList } from '../represent/respond-list.ts'
import type { ApiResponse } from '../request.ts'
import { listMetadataOf } from './list.ts'

/** Deletes each object that the selectors choose, of one page if there is a limit; one that has gone meanwhile is done. Answers the list as it was. */
export const deleteCollectionVerb = async (context: ResourceContext): Promise<ApiResponse> => {
  const { request, definition, info, parts } = context
  const representation = negotiate(request, listForms)
  const { limit, continue: token } = listOptionsOf(request, false)
  const options = await readDeleteOptions(context)
  const page = await selectedPage(parts.store, {
    resource: resourceOf(definition),
    namespace: info.namespace || undefined,
    selection: selectionOf(context),
    limit,
    at: undefined,
    after: token === undefined ? undefined : decodeContinueToken(token).after,
  })
  const waiting = page.values.values()
  const worker = async () => {
    for (const value of waiting) await deleteOne(context, decodeMetadata(value).metadata, options)
  }
  // Nothing is deleted any more when the answer is given, though one failed.
  const done = await Promise.allSettled(Array.from({ length: parallelDeletions }, worker))
  const failed = done.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
  const metadata = listMetadataOf(page)
  if (representation.as !== 'Object')
    return respondList(context, representation, { values: page.values, metadata: { ...metadata } })
  await readied(context, page.values)
  const items = page.values.map((value) => Buffer.from(bytesFromStored(context, value)).toString()).join(',')
  const apiVersion = apiVersionOf(info.group, info.version)
  const head = `{"kind":"${listKindOf(definition)}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)}`
  return respondJsonBytes(request, 200, { bytes: Buffer.from(`${head},"items":[${items}]}`), media: representation.media })
}

/** Their writes share commits. */
const parallelDeletions = 16

const deleteOne = async (context: ResourceContext, { namespace = '', name }: NamedObjectMeta, options: DeleteOptions) => {
  const one = { ...context, info: { ...context.info, namespace, name } }
  try {
    await deleteObject(one, name, options)
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}

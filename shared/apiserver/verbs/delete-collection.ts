import { Buffer } from 'node:buffer'
import { apiVersionOf } from '../../meta/object.ts'
import { isReason } from '../../meta/status.ts'
import type { ResourceContext } from '../context.ts'
import { deleteObject } from '../objects/delete.ts'
import { readDeleteOptions } from '../objects/delete-options.ts'
import { decodeStored } from '../objects/encode.ts'
import { listOptionsOf } from '../objects/list-options.ts'
import { selectedPage } from '../objects/selected-page.ts'
import { selectionOf } from '../objects/selection.ts'
import { resourceOf } from '../registry.ts'
import { respondJsonBytes } from '../represent/respond.ts'
import type { ApiResponse } from '../request.ts'

/** Deletes each object that the selectors choose; one that has gone meanwhile is done. Answers the list as it was. */
export const deleteCollectionVerb = async (context: ResourceContext): Promise<ApiResponse> => {
  const { request, definition, info, parts } = context
  const { limit } = listOptionsOf(request, false)
  const options = await readDeleteOptions(context)
  const page = await selectedPage(parts.store, {
    resource: resourceOf(definition),
    namespace: info.namespace || undefined,
    selection: selectionOf(context),
    limit,
    at: undefined,
    after: undefined,
  })
  for (const value of page.values) {
    const { metadata } = decodeStored(value)
    const one = { ...context, info: { ...info, namespace: metadata.namespace ?? '' } }
    try {
      await deleteObject(one, metadata.name, options)
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
    }
  }
  const items = page.values.map((value) => Buffer.from(value).toString()).join(',')
  const apiVersion = apiVersionOf(definition.group, definition.version)
  const head = `{"kind":"${definition.kind}List","apiVersion":"${apiVersion}","metadata":{"resourceVersion":"${page.revision}"}`
  return respondJsonBytes(request, 200, { bytes: Buffer.from(`${head},"items":[${items}]}`) })
}

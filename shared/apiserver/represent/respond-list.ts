import type { ResourceContext } from '../context.ts'
import { decodeStored } from '../objects/encode.ts'
import type { ApiResponse } from '../request.ts'
import type { Representation } from './negotiate.ts'
import { partialMetadata } from './partial-metadata.ts'
import { respondJsonBytes } from './respond.ts'
import { includeObjectOf, table } from './table.ts'

/** Many objects by their stored bytes, as a table or their metadata only. */
export const respondList = (
  { definition, parts, request }: ResourceContext,
  { media, as, version }: Representation,
  { values, metadata }: { readonly values: readonly Uint8Array[]; readonly metadata: Record<string, unknown> },
): Promise<ApiResponse> => {
  const objects = values.map(decodeStored)
  const includeObject = includeObjectOf(request)
  const options = { definition, version, includeObject, nowMs: parts.clock.now(), headers: !request.query.has('noHeaders') }
  const value =
    as === 'Table'
      ? table(objects, metadata, options)
      : {
          kind: 'PartialObjectMetadataList',
          apiVersion: `meta.k8s.io/${version}`,
          metadata,
          items: objects.map((object) => partialMetadata(object, version)),
        }
  return respondJsonBytes(request, 200, { bytes: Buffer.from(JSON.stringify(value)), media })
}

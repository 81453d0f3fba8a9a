import type { ResourceContext } from '../context.ts'
import { decodeCurrent, readied } from '../objects/served-version.ts'
import type { ApiResponse } from '../request.ts'
import type { Representation } from './negotiate.ts'
import { partialMetadata } from './partial-metadata.ts'
import { respondJsonBytes } from './respond.ts'
import { table, tableOptions } from './table.ts'

/** Many objects by their stored bytes, as a table or their metadata only. */
export const respondList = async (
  context: ResourceContext,
  { media, as, version }: Representation,
  { values, metadata }: { readonly values: readonly Uint8Array[]; readonly metadata: Record<string, unknown> },
): Promise<ApiResponse> => {
  await readied(context, values)
  const { tableOrder } = context.definition
  const objects = values.map((value) => decodeCurrent(context, value))
  const value =
    as === 'Table'
      ? table(tableOrder ? objects.toSorted(tableOrder) : objects, metadata, tableOptions(context, version))
      : {
          kind: 'PartialObjectMetadataList',
          apiVersion: `meta.k8s.io/${version}`,
          metadata,
          items: objects.map((object) => partialMetadata(object, version)),
        }
  return respondJsonBytes(context.request, 200, { bytes: Buffer.from(JSON.stringify(value)), media })
}

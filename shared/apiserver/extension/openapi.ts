import type { ApiServerParts } from '../context.ts'
import type { PathHandler } from '../paths.ts'
import { passOn } from './pass-on.ts'

/** Where documents of extension servers are, by their names in the index. */
export const extensionDocuments = async ({ extensions }: Pick<ApiServerParts, 'extensions'>) => {
  const versions = await extensions.versions()
  return versions.length > 0 ? extensions.discovery.documents(versions) : {}
}

/** `/openapi/v3/apis/<group>/<version>` of what an extension server answers for, from there. */
export const extensionOpenApi: PathHandler = async (context) => {
  const path = /^\/openapi\/v3(\/apis\/[^/]+\/[^/]+)$/.exec(context.info.path)?.[1]
  const service = path === undefined ? undefined : await context.parts.extensions.at(path)
  return service && passOn(context, service)
}

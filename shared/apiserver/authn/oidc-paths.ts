import type { PathHandler } from '../paths.ts'
import { respondJson } from '../represent/respond.ts'
import type { Tokens } from './tokens.ts'

const discoveryPath = '/.well-known/openid-configuration'
const keysPath = '/openid/v1/jwks'
export const issuerPaths: readonly string[] = [discoveryPath, keysPath]

/** Where others learn to verify our service accounts' tokens. */
export const createOidcPaths =
  (tokens: Tokens): PathHandler =>
  async ({ info, request }) => {
    if (info.path === keysPath) return respondJson(request, 200, { keys: await tokens.keys() })
    if (info.path !== discoveryPath) return undefined
    const [key] = await tokens.keys()
    return respondJson(request, 200, {
      issuer: tokens.issuer,
      jwks_uri: `${tokens.issuer}${keysPath}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [key?.alg],
    })
  }

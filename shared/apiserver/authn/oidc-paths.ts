import type { PathHandler } from '../paths.ts'
import { respondJson } from '../represent/respond.ts'
import type { Tokens } from './tokens.ts'

/** Where others learn to verify our service accounts' tokens. */
export const createOidcPaths =
  (tokens: Tokens): PathHandler =>
  async ({ info, request }) => {
    if (info.path === '/openid/v1/jwks') return respondJson(request, 200, { keys: await tokens.keys() })
    if (info.path !== '/.well-known/openid-configuration') return undefined
    const [key] = await tokens.keys()
    return respondJson(request, 200, {
      issuer: tokens.issuer,
      jwks_uri: `${tokens.issuer}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [key?.alg],
    })
  }

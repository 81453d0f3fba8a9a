/** PEM: who this server is to extension servers, which take its word for whom it asks. */
export interface FrontProxyIdentity {
  readonly certificate: string
  readonly key: string
}

/** Where that identity comes from. Whoever asks waits for it; what it throws is an error of the request. */
export interface FrontProxy {
  /** valid for some minutes yet; the same one until then */
  identity(): Promise<FrontProxyIdentity>
  /** PEM: who signs it, and nobody else */
  authority(): Promise<string>
}

/** its common name */
export const frontProxyName = 'front-proxy-client'

export interface RemoteUser {
  readonly name: string
  readonly uid?: string | undefined
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined
}

const prefix = 'x-remote-'

/** Nobody says for himself who he is. */
export const isRemoteHeader = (name: string): boolean => name.toLowerCase().startsWith(prefix)

/** Headers that say for whom a request is. Throws an Error for what no header can say. */
export const remoteHeaders = ({ name, uid, groups, extra = {} }: RemoteUser): Record<string, string | string[]> => ({
  [`${prefix}user`]: headerValue(name),
  ...(uid && { [`${prefix}uid`]: headerValue(uid) }),
  ...(groups.length > 0 && { [`${prefix}group`]: groups.map(headerValue) }),
  ...Object.fromEntries(
    Object.entries(extra).map(([key, values]) => [`${prefix}extra-${escaped(key.toLowerCase())}`, values.map(headerValue)]),
  ),
})

/** Byte by byte, as headers are written. */
const headerValue = (text: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may stand in a header
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) throw new Error(`net/http: invalid header field value for ${JSON.stringify(text)}`)
  return Buffer.from(text).toString('latin1')
}

/** What a header's name can't hold goes by its bytes, as upstream. */
const escaped = (key: string): string =>
  [...Buffer.from(key)]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return /[!#$&'*+.^_`|~0-9A-Za-z-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')

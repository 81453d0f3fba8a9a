import { posix } from 'node:path'

export interface Rewriting {
  /** what clients have to put before the paths of the page's own server: `/api/v1/namespaces/shop/pods/web/proxy` */
  readonly prefix: string
  /** host and port of the server behind the proxy */
  readonly backend: string
  /** the Host that the client asked */
  readonly asked: string
}

/** scheme, host, path, the rest */
const parts = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(.*)$/is

/** What is no URL stays. */
const badEscape = /%(?![0-9a-f]{2})/i

/**
 * A link of a proxied page so that it leads through the proxy: absolute paths, and URLs of the server itself. What is relative, leads
 * elsewhere or has the prefix already stays. As upstream's https://pkg.go.dev/k8s.io/apimachinery/pkg/util/proxy#Transport
 */
export const rewriteUrl = (url: string, { prefix, backend, asked }: Rewriting): string => {
  const [, scheme = '', host = '', path = '', rest = ''] = parts.exec(url) ?? []
  const elsewhere = host !== '' && host !== backend && host !== asked
  if (badEscape.test(url) || elsewhere || !path.startsWith('/')) return url
  const origin = host !== '' && host === asked ? `${scheme === '' ? '' : `${scheme}:`}//${host}` : ''
  if (path.startsWith(prefix)) return `${origin}${path}${rest}`
  const joined = posix.join(prefix, path)
  const slash = path.endsWith('/') && !joined.endsWith('/') ? '/' : ''
  return `${origin}${joined}${slash}${rest}`
}

const badEscape = /%(?![0-9A-Fa-f]{2})/

/** What Go's url.ParseRequestURI takes: a URL with a scheme, or an absolute path. */
export const isRequestUri = (text: string): boolean => {
  if (text === '' || hasControl(text)) return false
  if (text === '*') return true
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.exec(text)?.[0] ?? ''
  const rest = text.slice(scheme.length)
  const [path = ''] = rest.split('?')
  if (!rest.startsWith('/')) return scheme !== ''
  if (!path.startsWith('//') || (scheme === '' && path.startsWith('///'))) return !badEscape.test(path)
  const authority = /^\/\/([^/]*)/.exec(path)![1]!
  return isAuthority(authority) && !badEscape.test(path.slice(authority.length + 2))
}

const hasControl = (text: string): boolean => [...text].some((one) => one < ' ' || one === '\u007f')

const isAuthority = (authority: string): boolean => {
  const at = authority.lastIndexOf('@')
  const user = authority.slice(0, Math.max(at, 0))
  const host = authority.slice(at + 1)
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) return false
  if (host.startsWith('[')) return /^\[[^\]]*\](?::\d*)?$/.test(host)
  const [name = '', port] = host.split(/:(?=[^:]*$)/)
  if (port !== undefined && !/^\d*$/.test(port)) return false
  return !/[\s<>"\\^`{|}]/.test(name) && !/%(?![8-9A-Fa-f][0-9A-Fa-f]|2[0-9A-Fa-f])/.test(name)
}

const atom = String.raw`[A-Za-z0-9!#$%&'*+/=?^_\x60{|}~\u0080-\u{10ffff}-]+`
const local = String.raw`(?:${atom}(?:\.${atom})*|"(?:[^"\\]|\\.)*")`
const domain = String.raw`(?:${atom}(?:\.${atom})*|\[[^\]]*\])`
const address = new RegExp(`^${local}@${domain}$`, 'u')
const named = new RegExp(`^[^<>@,;:]*<\\s*(${local}@${domain})\\s*>$`, 'u')

/** A plain address, or a name with one in angle brackets. */
export const isEmail = (text: string): boolean => address.test(text.trim()) || named.test(text.trim())

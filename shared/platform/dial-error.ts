const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ECONNRESET: 'connection reset by peer',
}

/** A failed connection in the words of Go's net package, which upstream's events and answers carry. */
export const dialError = (error: unknown, address: string): string => {
  const code = (error as { code?: string }).code ?? ''
  const text = words[code]
  if (error instanceof Error && error.message === 'socket hang up') return 'EOF'
  if (isNotTls(error)) return 'tls: first record does not look like a TLS handshake'
  if (code === 'ECONNRESET') return `read tcp ${address}: ${text}`
  return text ? `dial tcp ${address}: ${text}` : error instanceof Error ? error.message : String(error)
}

/** What came was no TLS. */
export const isNotTls = (error: unknown): boolean =>
  error instanceof Error && /SSL routines:.*(wrong version number|packet length too long)/s.test(error.message)

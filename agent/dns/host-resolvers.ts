import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'

const checkMilliseconds = 5_000

/**
 * The resolvers that the machine itself uses, read again when the file changes. Addresses in `except` are left out:
 * asking ourselves would go round in circles.
 */
export const hostResolvers = (options: {
  file?: string | undefined
  except: readonly string[]
  now?: (() => number) | undefined
}): (() => readonly string[]) => {
  const { file = '/etc/resolv.conf', except, now = Date.now } = options
  let resolvers: readonly string[] = []
  let checkedAt = Number.NEGATIVE_INFINITY
  let modifiedAt: number | undefined
  return () => {
    if (now() - checkedAt < checkMilliseconds) return resolvers
    checkedAt = now()
    const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs
    if (modified === modifiedAt) return resolvers
    modifiedAt = modified
    resolvers =
      modified === undefined ? [] : nameservers(readFileSync(file, 'utf8')).filter((address) => !except.includes(address))
    return resolvers
  }
}

/** Pure: `nameserver` lines of a resolv.conf. */
export const nameservers = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? '')
    .filter((address) => isIP(address.split('%')[0]!) !== 0)

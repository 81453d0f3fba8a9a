/** A reference as Docker takes it, parsed. */
export interface ImageReference {
  /** with `:latest` when neither tag nor digest is given */
  readonly full: string
  /** `docker.io` when none is named */
  readonly registry: string
}

const domain =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?$/
const pathPart = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const tagPart = /^[\w][\w.-]{0,127}$/
const digestPart = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/

/** Throws with the words of upstream's parser. */
export const parseReference = (text: string): ImageReference => {
  const fail = (why: string) => new Error(`couldn't parse image name "${text}": invalid reference format${why}`)
  const [named = '', digest] = text.split('@', 2)
  if (digest !== undefined && !digestPart.test(digest)) throw fail('')
  const colon = named.lastIndexOf(':')
  const hasTag = colon > named.lastIndexOf('/')
  const name = hasTag ? named.slice(0, colon) : named
  const tag = hasTag ? named.slice(colon + 1) : undefined
  if (tag !== undefined && !tagPart.test(tag)) throw fail('')
  const [first = '', ...rest] = name.split('/')
  const isDomain = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  const parts = isDomain ? rest : [first, ...rest]
  if (isDomain && !domain.test(first)) throw fail('')
  if (parts.some((part) => part !== part.toLowerCase())) {
    throw fail(
      `: repository name (${parts.length === 1 && !isDomain ? `library/${parts[0]}` : parts.join('/')}) must be lowercase`,
    )
  }
  if (!parts.every((part) => pathPart.test(part))) throw fail('')
  const registry = isDomain && first !== 'index.docker.io' ? first : 'docker.io'
  return { full: tag === undefined && digest === undefined ? `${text}:latest` : text, registry }
}

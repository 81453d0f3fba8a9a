const pathPart = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const domainPart = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const domain = `(?:${domainPart}(?:\\.${domainPart})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`
const reference = new RegExp(
  `^((?:${domain}/)?${pathPart}(?:/${pathPart})*)(?::([\\w][\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`,
)

const pathMaxLength = 255

/** Without the registry, and with what is meant where none is said. */
const pathOf = (name: string): string => {
  const [first = '', ...others] = name.split('/')
  if (others.length === 0) return `library/${name}`
  return /[.:A-Z]/.test(first) || first === 'localhost' ? others.join('/') : name
}

/** The pull policy of an image that names none: Always for what may move under the same name, the tag `latest`. */
export const defaultPullPolicy = (image: string | undefined): 'Always' | 'IfNotPresent' => {
  const [, name, tag, digest] = reference.exec(image ?? '') ?? []
  if (name === undefined || pathOf(name).length > pathMaxLength) return 'IfNotPresent'
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent'
}

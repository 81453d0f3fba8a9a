const pathPart = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const domainPart = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const domain = `(?:${domainPart}(?:\\.${domainPart})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`
const reference = new RegExp(
  `^((?:${domain}/)?${pathPart}(?:/${pathPart})*)(?::([\\w][\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`,
)

const nameMaxLength = 255

/** With the registry that is meant where none is said. */
const wholeName = (name: string): string => {
  const [first = '', ...others] = name.split('/')
  if (others.length === 0) return `docker.io/library/${name}`
  return /[.:A-Z]/.test(first) || first === 'localhost' ? name : `docker.io/${name}`
}

/** The pull policy of an image that names none: Always for what may move under the same name, the tag `latest`. */
export const defaultPullPolicy = (image: string | undefined): 'Always' | 'IfNotPresent' => {
  const [, name, tag, digest] = reference.exec(image ?? '') ?? []
  if (name === undefined || wholeName(name).length > nameMaxLength) return 'IfNotPresent'
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent'
}

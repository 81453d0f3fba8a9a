/** Checks of names: each answers the findings in upstream's words, none when the value is fine. A missing value is the empty one, as in Go. */

const tooLong = (length: number, unit = 'characters') => `must be no more than ${length} ${unit}`
const nonEmpty = 'must be non-empty'

const mismatch = (message: string, format: string, ...examples: string[]) =>
  examples.length
    ? `${message} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${format}')`
    : `${message} (regex used for validation is '${format}')`

const anchored = (format: string) => new RegExp(`^${format}$`)
/** Go counts bytes. */
const byteLength = (value: string) => Buffer.byteLength(value)

export const inRange = (value: number, low: number, high: number): string[] =>
  value >= low && value <= high ? [] : [`must be between ${low} and ${high}, inclusive`]

export const portNumber = (port: number): string[] => inRange(port, 1, 65535)

const labelFormat = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const labelMessage =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
const subdomainFormat = `${labelFormat}(\\.${labelFormat})*`
const subdomainMessage =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
const labelExpression = anchored(labelFormat)
const subdomainExpression = anchored(subdomainFormat)

/** A generateName ends in a dash that something follows. */
const masked = (name: string, prefix: boolean) =>
  prefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -1)}a` : name

/** Names of namespaces and of what becomes a DNS label. */
export const dns1123Label = (value = '', prefix = false): string[] => {
  const name = masked(value, prefix)
  const found: string[] = []
  if (byteLength(name) > 63) found.push(tooLong(63))
  if (!labelExpression.test(name))
    found.push(
      subdomainExpression.test(name) ? 'must not contain dots' : mismatch(labelMessage, labelFormat, 'my-name', '123-abc'),
    )
  return found
}

const subdomainIn =
  (unit: string) =>
  (value = '') => {
    const found: string[] = []
    if (byteLength(value) > 253) found.push(tooLong(253, unit))
    if (!subdomainExpression.test(value)) found.push(mismatch(subdomainMessage, subdomainFormat, 'example.com'))
    return found
  }
const subdomainInCharacters = subdomainIn('characters')
const subdomainInBytes = subdomainIn('bytes')

/** The default for names of objects. */
export const dns1123Subdomain = (value = '', prefix = false): string[] => subdomainInCharacters(masked(value, prefix))

/** As upstream's newer checks have it. */
export const dns1123SubdomainInBytes = (value = '', prefix = false): string[] => subdomainInBytes(masked(value, prefix))

const dns1035Format = '[a-z]([-a-z0-9]*[a-z0-9])?'
const dns1035Message =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
const dns1035Expression = anchored(dns1035Format)

/** Names of services. */
export const dns1035Label = (value = '', prefix = false): string[] => {
  const name = masked(value, prefix)
  const found: string[] = []
  if (byteLength(name) > 63) found.push(tooLong(63))
  if (!dns1035Expression.test(name)) found.push(mismatch(dns1035Message, dns1035Format, 'my-name', 'abc-123'))
  return found
}

const wildcardFormat = `\\*\\.${subdomainFormat}`
const wildcardMessage =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
const wildcardExpression = anchored(wildcardFormat)

export const wildcardDns1123Subdomain = (value = ''): string[] => {
  const found: string[] = []
  if (byteLength(value) > 253) found.push(tooLong(253))
  if (!wildcardExpression.test(value)) found.push(mismatch(wildcardMessage, wildcardFormat, '*.example.com'))
  return found
}

/** What may stand as one segment of a URL path: names of RBAC objects. */
export const pathSegment = (value = '', prefix = false): string[] => {
  if (!prefix && (value === '.' || value === '..')) return [`may not be '${value}'`]
  return ['/', '%'].filter((character) => value.includes(character)).map((character) => `may not contain '${character}'`)
}

const keyFormat = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const keyMessage =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const keyExpression = anchored(keyFormat)

/** Label keys, annotation keys (lower-cased by the caller), resource names: `name` or `prefix.example.com/name`. */
export const qualifiedName = (value = ''): string[] => {
  const parts = value.split('/')
  if (parts.length > 2)
    return [
      `a valid label key ${mismatch(keyMessage, keyFormat, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  const found: string[] = []
  const name = parts.at(-1)!
  if (parts.length === 2) {
    const prefix = parts[0]!
    found.push(...(prefix === '' ? [nonEmpty] : subdomainInBytes(prefix)).map((message) => `prefix part ${message}`))
  }
  if (name === '') found.push(`name part ${nonEmpty}`)
  else if (byteLength(name) > 63) found.push(`name part ${tooLong(63, 'bytes')}`)
  if (!keyExpression.test(name)) found.push(`name part ${mismatch(keyMessage, keyFormat, 'MyName', 'my.name', '123-abc')}`)
  return found
}

const valueFormat = `(${keyFormat})?`
const valueMessage =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const valueExpression = anchored(valueFormat)

export const labelValue = (value = ''): string[] => {
  const found: string[] = []
  if (byteLength(value) > 63) found.push(tooLong(63, 'bytes'))
  if (!valueExpression.test(value)) found.push(mismatch(valueMessage, valueFormat, 'MyValue', 'my_value', '12345'))
  return found
}

export const portName = (value = ''): string[] => {
  const found: string[] = []
  if (byteLength(value) > 15) found.push(tooLong(15))
  if (!/^[-a-z0-9]+$/.test(value)) found.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(value)) found.push('must contain at least one letter (a-z)')
  if (value.includes('--')) found.push('must not contain consecutive hyphens')
  if (value.startsWith('-') || value.endsWith('-')) found.push('must not begin or end with a hyphen')
  return found
}

export const percentage = (value = ''): string[] =>
  /^[0-9]+%$/.test(value)
    ? []
    : [mismatch("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%')]

export const httpHeaderName = (value = ''): string[] =>
  /^[-A-Za-z0-9]+$/.test(value)
    ? []
    : [mismatch("a valid HTTP header must consist of alphanumeric characters or '-'", '[-A-Za-z0-9]+', 'X-Header-Name')]

/** Environment variables, as they are allowed by default since 1.34: printable ASCII but `=`. */
export const environmentVariableName = (value = ''): string[] => {
  const found: string[] = []
  if (value === '') found.push(`environment variable name ${nonEmpty}`)
  if (!/^[\x20-\x3c\x3e-\x7e]*$/.test(value))
    found.push("a valid environment variable name must consist only of printable ASCII characters other than '='")
  return found
}

const parentDirectory = (value: string): string[] => {
  if (value === '.' || value === '..') return [`must not be '${value}'`]
  return value.startsWith('..') ? ["must not start with '..'"] : []
}

/** Keys of ConfigMaps and Secrets: they become file names. */
export const configMapKey = (value = ''): string[] => {
  const found: string[] = []
  if (byteLength(value) > 253) found.push(tooLong(253))
  if (!/^[-._a-zA-Z0-9]+$/.test(value))
    found.push(
      mismatch(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        '[-._a-zA-Z0-9]+',
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    )
  return [...found, ...parentDirectory(value)]
}

export const cIdentifier = (value = ''): string[] =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)
    ? []
    : [
        mismatch(
          "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
          '[A-Za-z_][A-Za-z0-9_]*',
          'my_name',
          'MY_NAME',
          'MyName',
        ),
      ]

export const conditionReason = (value = ''): string[] =>
  /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/.test(value)
    ? []
    : [
        mismatch(
          "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
          '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?',
          'my_name',
          'MY_NAME',
          'MyName',
          'ReasonA,ReasonB',
          'ReasonA:ReasonB',
        ),
      ]

/** What may follow the host in a URL. */
export const httpPath = (value = ''): string[] =>
  /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(value) ? [] : [mismatch('Invalid path', "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+")]

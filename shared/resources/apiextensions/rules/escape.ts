const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return'.split(' '),
)
const signs: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' }

/** A field's name as an expression writes it; undefined: it can't be written. */
export const escapeName = (name: string): string | undefined => {
  if (reserved.has(name)) return `__${name}__`
  if (!/^[a-zA-Z_][a-zA-Z0-9_./-]*$/.test(name)) return undefined
  return name.replace(/__|[./-]/g, (sign) => signs[sign]!)
}

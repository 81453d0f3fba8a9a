const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)

/** What a word of the language stands for as a field, where nothing has that name itself; undefined: it is no such word. */
export const escapedWord = (name: string): string | undefined => (reserved.has(name) ? `__${name}__` : undefined)

const symbols: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' }
const plain: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' }

/** A property's name as an expression writes it; undefined: it can't be written. */
export const escapeName = (name: string): string | undefined => {
  if (name === '' || /^[0-9]/.test(name) || /[^A-Za-z0-9_\-./]/.test(name)) return undefined
  return reserved.has(name) ? `__${name}__` : name.replace(/__|[-./]/g, (symbol) => symbols[symbol]!)
}

/** The property that an expression's name stands for; undefined: no property is written so. */
export const unescapeName = (escaped: string): string | undefined => {
  let known = true
  const name = escaped.replace(/_{2}([^_]+)_{2}/g, (whole, inside: string) => {
    if (Object.hasOwn(plain, inside)) return plain[inside]!
    known &&= reserved.has(inside) && whole.length === escaped.length
    return inside
  })
  return known ? name : undefined
}

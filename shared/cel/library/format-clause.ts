/** A clause of a format string: `%.2f`. */
export interface Clause {
  readonly verb: string
  readonly precision: number | undefined
  /** Where the text goes on. */
  readonly end: number
}

/** Thrown where a format string is none; the message is upstream's. */
export class FormatError extends Error {
  /** Of the check: which argument is wrong, as its place in the list. */
  readonly argument: number | undefined
  constructor(message: string, argument?: number) {
    super(message)
    this.argument = argument
  }
}

const verbs = 'sdfebxXo'

/** Reads the clause behind a `%` at `start`. */
export const readClause = (text: string, start: number): Clause => {
  const refuse = (why: string) => new FormatError(`could not parse formatting clause: ${why}`)
  let at = start + 1
  let precision: number | undefined
  if (text[at] === '.') {
    const digits = /^\d*/.exec(text.slice(at + 1))![0]
    if (at + 1 + digits.length >= text.length)
      throw refuse('error while parsing precision: could not find end of precision specifier')
    if (digits === '')
      throw refuse(
        'error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax',
      )
    precision = Number(digits)
    at += 1 + digits.length
  }
  const verb = text[at]!
  if (!verbs.includes(verb)) throw refuse(`unrecognized formatting clause "${String.fromCharCode(Buffer.from(verb)[0]!)}"`)
  return { verb, precision, end: at + 1 }
}

/** Replaces each clause by what `write` makes of it. */
export const eachClause = (text: string, count: number, write: (clause: Clause, argument: number) => string): string => {
  let out = ''
  let argument = 0
  for (let at = 0; at < text.length; ) {
    if (text[at] !== '%') {
      out += text[at++]
    } else if (text[at + 1] === '%') {
      out += '%'
      at += 2
    } else {
      if (argument >= count && count >= 0) throw new FormatError(`index ${argument} out of range`)
      if (at + 1 >= text.length) throw new FormatError('unexpected end of string')
      const clause = readClause(text, at)
      out += write(clause, argument++)
      at = clause.end
    }
  }
  return out
}

const onlyFor: Readonly<Record<string, string>> = {
  s: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ',
  d: 'decimal clause can only be used on integers, was given ',
  f: 'fixed-point clause can only be used on doubles, was given ',
  e: 'scientific clause can only be used on doubles, was given ',
  b: 'only integers and bools can be formatted as binary, was given ',
  x: 'only integers, byte buffers, and strings can be formatted as hex, was given ',
  o: 'octal clause can only be used on integers, was given ',
}

export const wrongType = (verb: string, type: string, argument?: number): FormatError =>
  new FormatError(`error during formatting: ${onlyFor[verb.toLowerCase()]}${type}`, argument)

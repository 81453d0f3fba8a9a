import { badRequest } from './status.ts'

export interface FieldRequirement {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}

/** `metadata.name=x,status.phase!=Running`; `\` escapes itself, `,` and `=` in values. Throws ApiError BadRequest. */
export const parseFieldSelector = (text: string): FieldRequirement[] =>
  splitTerms(text)
    .sort()
    // an empty field that is compared with nothing is no condition
    .filter((term) => !/^(!=|==?)?$/.test(term))
    .map((term) => {
      const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term)
      if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`)
      return { field: match[1]!, operator: match[2] === '!=' ? '!=' : '=', value: unescapeValue(match[3]!) }
    })

/** Whether every requirement holds; `fieldValue` gives the field's value as text. */
export const matchesFieldSelector = (requirements: readonly FieldRequirement[], fieldValue: (field: string) => string): boolean =>
  requirements.every(({ field, operator, value }) => (fieldValue(field) === value) === (operator === '='))

export const escapeFieldValue = (value: string): string => value.replace(/[\\,=]/g, (character) => `\\${character}`)

export const fieldSelectorText = (requirements: readonly FieldRequirement[]): string =>
  requirements.map(({ field, operator, value }) => `${field}${operator}${escapeFieldValue(value)}`).join(',')

const splitTerms = (text: string): string[] => {
  const terms: string[] = []
  let start = 0
  let escaped = false
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (escaped) escaped = false
    else if (character === '\\') escaped = true
    else if (character === ',') {
      terms.push(text.slice(start, index))
      start = index + 1
    }
  }
  terms.push(text.slice(start))
  return terms
}

const unescapeValue = (text: string): string => {
  if (!/[\\,=]/.test(text)) return text
  let value = ''
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!
    if (character === ',' || character === '=')
      // upstream prints the character's number
      throw badRequest(`invalid field selector: unescaped character in value: ${character.charCodeAt(0)}`)
    if (character !== '\\') {
      value += character
      continue
    }
    const next = text[++index] ?? ''
    if (next === '' || !'\\,='.includes(next)) throw badRequest(`invalid field selector: invalid escape sequence: \\${next}`)
    value += next
  }
  return value
}

import { compilePattern, PatternError } from '../../meta/pattern/pattern.ts'
import { intType, listOf, stringType } from '../type.ts'
import { CelError, type CelValue } from '../value/value.ts'
import { declare, type FunctionDeclaration, method } from './declaration.ts'
import { regexCalls } from './regex-call.ts'

const calling = (name: 'find' | 'findAll') => (text: string, expression: string, limit?: CelValue) => {
  const pattern = compilePattern(expression)
  return pattern instanceof PatternError
    ? new CelError(`Illegal regex: ${pattern.message}`)
    : regexCalls[name]!(pattern, text, limit)
}

export const regex: readonly FunctionDeclaration[] = [
  declare('find', [method('string_find_string', [stringType, stringType], stringType, calling('find'))]),
  declare('findAll', [
    method('string_find_all_string', [stringType, stringType], listOf(stringType), calling('findAll')),
    method('string_find_all_string_int', [stringType, stringType, intType], listOf(stringType), calling('findAll')),
  ]),
]

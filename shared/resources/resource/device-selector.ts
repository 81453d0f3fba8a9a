import { type FieldError, requiredValue, tooLong } from '../../meta/field-error.ts'
import type { DeviceSelector } from '../generated/types.ts'
import { deviceExpression } from './device-expression.ts'
import { upTo } from './size-limit.ts'

const maxSelectors = 32
const maxExpressionBytes = 10 * 1024

export const deviceSelectors = (path: string, selectors: readonly DeviceSelector[] | undefined): FieldError[] =>
  upTo(maxSelectors, path, selectors, (selectorPath, { cel }) =>
    cel ? expression(`${selectorPath}.cel.expression`, cel.expression ?? '') : [requiredValue(`${selectorPath}.cel`)],
  )

const expression = (path: string, text: string): FieldError[] =>
  Buffer.byteLength(text) > maxExpressionBytes ? [tooLong(path, maxExpressionBytes)] : deviceExpression(path, text)

import { type Macro, variableName } from '../parse/macro.ts'
import { bind } from './optionals.ts'

/** `cel.bind(name, value, expression)`. Not everywhere: an environment has it if it says so. */
export const bindMacro: Macro = {
  name: 'bind',
  isMember: true,
  arity: 3,
  expand: (build, target, [variable, value, result]) => {
    if (target.kind !== 'identifier' || target.name !== 'cel') return undefined
    return bind(build, variableName(variable!, 'cel.bind() variable names must be simple identifiers'), value!, result!)
  },
}

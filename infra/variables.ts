import { type Environment, variableNames } from '../functions/wiring/variables.ts'

/** Some of the environment, by the names of its variables. */
export const variablesOf = (environment: Environment, keys: readonly (keyof Environment)[]): Record<string, string> =>
  Object.fromEntries(keys.map((key) => [variableNames[key], environment[key]]))

import { type Environment, type EnvironmentOf, type FunctionName, neededBy, variableNames } from './wiring/variables.ts'

export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/** Throws ConfigurationError that names every variable which is missing. */
export const readEnvironment = <F extends FunctionName>(
  name: F,
  source: Readonly<Record<string, string | undefined>> = process.env,
): EnvironmentOf<F> => {
  const keys: readonly (keyof Environment)[] = neededBy[name]
  const missing = keys.map((key) => variableNames[key]).filter((variable) => !source[variable])
  if (missing.length) throw new ConfigurationError(`the function "${name}" needs the environment variables ${missing.join(', ')}`)
  return Object.fromEntries(keys.map((key) => [key, source[variableNames[key]]])) as unknown as EnvironmentOf<F>
}

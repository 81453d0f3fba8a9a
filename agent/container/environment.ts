import type { Container, EnvFromSource, EnvVar } from '../../shared/resources/generated/types.ts'
import { ConfigError } from './config-error.ts'
import type { ConfigData, ConfigSource } from './config-source.ts'
import { containerOf, type DownwardInput, fieldValue, resourceValue } from './downward.ts'
import { expand } from './expansion.ts'

export interface EnvironmentInput extends DownwardInput {
  readonly container: Container
  readonly source: ConfigSource
  /** what a container has unless it says otherwise */
  readonly inherited: ReadonlyMap<string, string>
}

/** A container's variables. `$(NAME)` sees the ones before it, those of envFrom and of Services. Throws ConfigError. */
export const environmentOf = async (input: EnvironmentInput): Promise<Map<string, string>> => {
  const { container, inherited } = input
  const cached = remember(input.source)
  const result = new Map<string, string>()
  for (const source of container.envFrom ?? []) {
    for (const [name, value] of await envFrom(input, cached, source)) result.set(name, value)
  }
  for (const variable of container.env ?? []) {
    const value = await variableValue({ ...input, source: cached }, variable, (name) => result.get(name) ?? inherited.get(name))
    if (value !== undefined) result.set(variable.name, value)
  }
  for (const [name, value] of inherited) if (!result.has(name)) result.set(name, value)
  return result
}

/** Several keys of one object are read once. */
const remember = (source: ConfigSource): ConfigSource => {
  const seen = new Map<string, Promise<ConfigData | undefined>>()
  const once = (kind: 'configMap' | 'secret') => (namespace: string, name: string, optional?: boolean) => {
    const key = `${kind}/${name}/${optional}`
    const found = seen.get(key) ?? source[kind](namespace, name, optional)
    seen.set(key, found)
    return found
  }
  return { configMap: once('configMap'), secret: once('secret') }
}

const envFrom = async ({ pod }: EnvironmentInput, source: ConfigSource, from: EnvFromSource): Promise<[string, string][]> => {
  const namespace = pod.metadata.namespace ?? ''
  const reference = from.configMapRef ?? from.secretRef
  if (!reference?.name) return []
  const read = from.configMapRef ? source.configMap : source.secret
  const found = await read(namespace, reference.name, reference.optional)
  return [...(found?.data ?? [])]
    .filter(([key]) => key !== '' && !key.includes('='))
    .map(([key, value]) => [`${from.prefix ?? ''}${key}`, value.toString('utf8')])
}

const variableValue = async (
  input: EnvironmentInput,
  { name, value, valueFrom }: EnvVar,
  lookup: (name: string) => string | undefined,
): Promise<string | undefined> => {
  if (!valueFrom) return expand(value ?? '', lookup)
  if (valueFrom.fieldRef) return fieldValue(input, valueFrom.fieldRef.fieldPath)
  if (valueFrom.resourceFieldRef) {
    const { containerName } = valueFrom.resourceFieldRef
    return resourceValue(
      input,
      valueFrom.resourceFieldRef,
      containerName ? containerOf(input.pod, containerName) : input.container,
    )
  }
  if (valueFrom.configMapKeyRef) return keyValue(input, 'ConfigMap', valueFrom.configMapKeyRef)
  if (valueFrom.secretKeyRef) return keyValue(input, 'Secret', valueFrom.secretKeyRef)
  throw new ConfigError(`environment variable "${name}": valueFrom.fileKeyRef is not supported by this agent`)
}

const keyValue = async (
  { pod, source }: EnvironmentInput,
  kind: 'ConfigMap' | 'Secret',
  { name = '', key, optional }: { name?: string | undefined; key: string; optional?: boolean | undefined },
): Promise<string | undefined> => {
  const namespace = pod.metadata.namespace ?? ''
  const found = await (kind === 'ConfigMap' ? source.configMap : source.secret)(namespace, name, optional)
  const value = found?.data.get(key)
  if (value === undefined && !optional) throw new ConfigError(`couldn't find key ${key} in ${kind} ${namespace}/${name}`)
  return value?.toString('utf8')
}

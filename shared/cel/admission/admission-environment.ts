import { createEnvironment, type Environment } from '../environment.ts'
import { authorizerType, resourceCheckType } from '../library/authorizer.ts'
import { type CelType, dynType } from '../type.ts'
import { declaredObjects, namespaceType, requestType } from './declared-objects.ts'
import { type DeclaredVariables, variablesType } from './declared-variables.ts'

export interface AdmissionEnvironmentOptions {
  /** whether there is `params` */
  readonly params: boolean
  /** whether there are `authorizer` and `authorizer.requestResource` */
  readonly authorizer: boolean
  /** of a policy that has some; they may grow */
  readonly variables?: DeclaredVariables | undefined
}

const kept = new Map<string, Environment>()

/** What expressions of admission may name: `object`, `oldObject`, `request`, `namespaceObject`, and what the options say. */
export const admissionEnvironment = (options: AdmissionEnvironmentOptions): Environment => {
  if (options.variables) return make(options)
  const key = `${options.params} ${options.authorizer}`
  const environment = kept.get(key) ?? make(options)
  kept.set(key, environment)
  return environment
}

const make = ({ params, authorizer, variables: own }: AdmissionEnvironmentOptions): Environment => {
  const variables: Record<string, CelType> = {
    object: dynType,
    oldObject: dynType,
    namespaceObject: namespaceType,
    request: requestType,
  }
  if (params) variables.params = dynType
  if (authorizer) {
    variables.authorizer = authorizerType
    variables['authorizer.requestResource'] = resourceCheckType
  }
  if (own) variables.variables = variablesType
  return createEnvironment({
    variables,
    structs: { find: (name) => (own && name === variablesType.name ? own.declaration : declaredObjects.get(name)) },
  })
}

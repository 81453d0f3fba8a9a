import { declaredObjects, namespaceType, requestType } from '../../../cel/admission/declared-objects.ts'
import { DeclaredVariables, variablesType } from '../../../cel/admission/declared-variables.ts'
import { typeCheck } from '../../../cel/compile.ts'
import { createEnvironment, type Environment } from '../../../cel/environment.ts'
import { CompileError } from '../../../cel/issue.ts'
import { authorizerType } from '../../../cel/library/authorizer.ts'
import { selfTypeOf, structsOf } from '../../../cel/schema/declared-environment.ts'
import type { DeclaredType } from '../../../cel/schema/declared-type.ts'
import type { CelType } from '../../../cel/type.ts'
import type { ExpressionWarning, Variable } from '../../generated/types.ts'
import type { ValidatingAdmissionPolicy } from '../../resource.ts'
import { kindsToCheck } from './kinds-to-check.ts'
import type { KnownKind } from './known-kind.ts'

/**
 * What the types of the kinds that a policy's rules name say against its expressions. Nothing follows from it: a field may be there that
 * no schema knows.
 */
export const typeWarnings = ({ spec }: ValidatingAdmissionPolicy, known: readonly KnownKind[]): ExpressionWarning[] => {
  const { paramKind, variables = [], validations = [] } = spec
  const params = known.find(
    ({ group, version, kind }) => paramKind?.kind === kind && paramKind.apiVersion === (group ? `${group}/${version}` : version),
  )
  const checked = kindsToCheck(spec.matchConstraints, known).flatMap((kind) => {
    const object = kind.declared()
    return object ? [{ kind, environment: environmentOf({ kind, object, params }, variables) }] : []
  })
  const warningsOf = (field: string, expression: string | undefined): ExpressionWarning[] => {
    if (!expression) return []
    const texts = checked.flatMap(({ kind, environment }) => issuesOf(kind, expression, environment))
    return texts.length > 0 ? [{ fieldRef: field, warning: texts.join('\n') }] : []
  }
  return validations.flatMap(({ expression, messageExpression }, index) => [
    ...warningsOf(`spec.validations[${index}].expression`, expression),
    ...warningsOf(`spec.validations[${index}].messageExpression`, messageExpression),
  ])
}

/** Unlike where they are evaluated, nobody knows of `authorizer.requestResource`. */
const environmentOf = (
  { kind, object, params }: { kind: KnownKind; object: DeclaredType; params: KnownKind | undefined },
  own: readonly Variable[],
): Environment => {
  const type = selfTypeOf(object, kind.kind)
  const ofObject = structsOf(object, kind.kind)
  const paramsName = `${params?.kind} of params`
  const declaredParams = params?.declared()
  const ofParams = declaredParams && structsOf(declaredParams, paramsName)
  const declared = new DeclaredVariables()
  const variables: Record<string, CelType> = {
    namespaceObject: namespaceType,
    request: requestType,
    object: type,
    oldObject: type,
    authorizer: authorizerType,
    variables: variablesType,
  }
  if (declaredParams) variables.params = selfTypeOf(declaredParams, paramsName)
  const find = (name: string) =>
    name === variablesType.name
      ? declared.declaration
      : (declaredObjects.get(name) ?? ofObject.find(name) ?? ofParams?.find(name))
  const environment = createEnvironment({ variables, structs: { find } })
  for (const { name, expression } of own) {
    const typed = tryCheck(expression, environment)
    declared.add(name, typed instanceof CompileError ? undefined : typed.type)
  }
  return environment
}

const tryCheck = (expression: string, environment: Environment) => {
  try {
    return typeCheck(expression, environment)
  } catch (error) {
    if (error instanceof CompileError) return error
    throw error
  }
}

const issuesOf = ({ group, version, kind }: KnownKind, expression: string, environment: Environment): string[] => {
  const typed = tryCheck(expression, environment)
  return typed instanceof CompileError ? [`${group}/${version}, Kind=${kind}: ${typed.message}\n`] : []
}

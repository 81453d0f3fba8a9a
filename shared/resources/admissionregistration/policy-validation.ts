import { admissionEnvironment } from '../../cel/admission/admission-environment.ts'
import { compileExpression } from '../../cel/admission/compile-expression.ts'
import { DeclaredVariables } from '../../cel/admission/declared-variables.ts'
import type { Environment } from '../../cel/environment.ts'
import { boolType, nullType, stringType } from '../../cel/type.ts'
import { duplicateValue, type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { jsonEqual } from '../../meta/json-equal.ts'
import { qualifiedName } from '../../meta/names.ts'
import type { AuditAnnotation, MatchResources, Validation, Variable } from '../generated/types.ts'
import type { ValidatingAdmissionPolicy } from '../resource.ts'
import { checked, createSeen, each, oneOf, optionalOneOf } from '../validation/value.ts'
import { compiledFindings, expression } from './expression-validation.ts'
import { matchConditions } from './match-condition-validation.ts'
import { validateMatchResources } from './match-resources.ts'
import { validateParamKind } from './param-kind.ts'

const mostAnnotations = 20
const longestValueExpression = 5 * 1024
const nothingToDo = 'validations or auditAnnotations must contain at least one item'
const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']

/** What expressions of one policy may name: its own variables as far as they were looked at. */
interface Environments {
  readonly full: Environment
  /** of messages, which may ask nobody */
  readonly message: Environment
  readonly declared: DeclaredVariables | undefined
}

export const validatePolicy = (policy: ValidatingAdmissionPolicy): FieldError[] => validateSpec(policy, true)

/** Conditions that were let in before are not looked at again, as long as they may name the same. */
export const validatePolicyUpdate = (
  policy: ValidatingAdmissionPolicy,
  { spec: old }: ValidatingAdmissionPolicy,
): FieldError[] => {
  const { paramKind, matchConditions: conditions } = policy.spec
  const same = jsonEqual(paramKind ?? null, old.paramKind ?? null) && jsonEqual(conditions ?? [], old.matchConditions ?? [])
  return validateSpec(policy, !same)
}

const validateSpec = ({ metadata, spec }: ValidatingAdmissionPolicy, withConditions: boolean): FieldError[] => {
  const { failurePolicy, paramKind, matchConstraints, variables = [], validations = [], auditAnnotations = [] } = spec
  const params = paramKind !== undefined
  const environments = environmentsOf(variables, params)
  const isEmpty = validations.length === 0 && auditAnnotations.length === 0
  const conditions = () => matchConditions('spec.matchConditions', spec.matchConditions, { params })
  return [
    ...(failurePolicy === undefined
      ? [requiredValue('spec.failurePolicy')]
      : oneOf('spec.failurePolicy', failurePolicy, ['Fail', 'Ignore'])),
    ...(paramKind ? validateParamKind('spec.paramKind', paramKind) : []),
    ...validateConstraints('spec.matchConstraints', matchConstraints),
    ...(withConditions ? conditions() : []),
    ...each('spec.variables', variables, (path, variable) => validateVariable(path, variable, environments)),
    ...(isEmpty ? [requiredValue('spec.validations', nothingToDo), requiredValue('spec.auditAnnotations', nothingToDo)] : []),
    ...each('spec.validations', validations, (path, one) => validateValidation(path, one, environments)),
    ...validateAnnotations('spec.auditAnnotations', auditAnnotations, { policy: metadata.name, environments }),
  ]
}

const environmentsOf = (variables: readonly Variable[], params: boolean): Environments => {
  const declared = variables.length > 0 ? new DeclaredVariables() : undefined
  return {
    full: admissionEnvironment({ params, authorizer: true, variables: declared }),
    message: admissionEnvironment({ params, authorizer: false, variables: declared }),
    declared,
  }
}

const validateConstraints = (path: string, constraints: MatchResources | undefined): FieldError[] => {
  if (!constraints) return [requiredValue(path)]
  const none = (constraints.resourceRules ?? []).length === 0
  return [...validateMatchResources(path, constraints), ...(none ? [requiredValue(`${path}.resourceRules`)] : [])]
}

const validateVariable = (path: string, { name = '', expression: text = '' }: Variable, environments: Environments) => {
  const errors: FieldError[] = []
  if (name.trim() === '') errors.push(requiredValue(`${path}.name`, 'name is not specified'))
  else if (!isIdentifier(name)) errors.push(invalidValue(`${path}.name`, name, 'must be a valid CEL identifier'))
  if (text.trim() === '') return [...errors, requiredValue(`${path}.expression`, 'expression is not specified')]
  const compiled = compileExpression(text, environments.full)
  environments.declared?.add(name, compiled.program?.type)
  return [...errors, ...compiledFindings(`${path}.expression`, text, compiled)]
}

const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)
const isIdentifier = (name: string): boolean => /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) && !reserved.has(name)

const validateValidation = (path: string, validation: Validation, environments: Environments): FieldError[] => {
  const { expression: text = '', message = '', messageExpression = '', reason } = validation
  return [
    ...(text.trim() === ''
      ? [requiredValue(`${path}.expression`, 'expression is not specified')]
      : expression(`${path}.expression`, text, { environment: environments.full, types: [boolType] })),
    ...validateMessageExpression(`${path}.messageExpression`, messageExpression, environments),
    ...validateMessage(`${path}.message`, message),
    ...optionalOneOf(`${path}.reason`, reason, reasons),
  ]
}

const emptyIfGiven = 'must be non-empty if specified'

const validateMessageExpression = (path: string, text: string, { message }: Environments): FieldError[] => {
  if (text === '') return []
  if (text.trim() === '') return [invalidValue(path, text, emptyIfGiven)]
  return expression(path, text, { environment: message, types: [stringType] })
}

const validateMessage = (path: string, message: string): FieldError[] => {
  const trimmed = message.trim()
  if (message !== '' && trimmed === '') return [invalidValue(path, message, emptyIfGiven)]
  return /[\n\r]/.test(trimmed) ? [invalidValue(path, message, 'must not contain line breaks')] : []
}

interface AnnotationContext {
  readonly policy: string | undefined
  readonly environments: Environments
}

const validateAnnotations = (path: string, annotations: readonly AuditAnnotation[], context: AnnotationContext): FieldError[] => {
  const seen = createSeen()
  const many = annotations.length > mostAnnotations
  // as Go's own type has it
  const shown = () => annotations.map(({ key: Key, valueExpression: ValueExpression }) => ({ Key, ValueExpression }))
  return [
    ...(many ? [invalidValue(path, shown(), `must not have more than ${mostAnnotations} auditAnnotations`)] : []),
    ...each(path, annotations, (at, annotation) => [
      ...validateAnnotation(at, annotation, context),
      ...(seen(annotation.key ?? '') ? [duplicateValue(`${at}.key`, annotation.key)] : []),
    ]),
  ]
}

const validateAnnotation = (path: string, annotation: AuditAnnotation, { policy, environments }: AnnotationContext) => {
  const { key = '', valueExpression: text = '' } = annotation
  const keyPath = `${path}.key`
  return [
    ...(policy
      ? checked(keyPath, `${policy}/${key}`, qualifiedName)
      : [invalidValue(keyPath, key, 'requires metadata.name be non-empty')]),
    ...validateValueExpression(`${path}.valueExpression`, text, environments.full),
  ]
}

const validateValueExpression = (path: string, text: string, environment: Environment): FieldError[] => {
  const trimmed = text.trim()
  if (trimmed === '') return [requiredValue(path, 'valueExpression is not specified')]
  if (Buffer.byteLength(trimmed) > longestValueExpression)
    return [requiredValue(path, `must not exceed ${longestValueExpression} bytes in length`)]
  return compiledFindings(path, text, compileExpression(trimmed, environment, [stringType, nullType]))
}

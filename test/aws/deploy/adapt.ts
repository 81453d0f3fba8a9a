import type { Resource } from '../../infra/synthesized.ts'

export interface CloudFormationTemplate {
  readonly Resources: Record<string, Resource>
  readonly Parameters?: Record<string, { Type: string; Default?: string }>
  readonly Outputs?: Record<string, unknown>
}

interface Adaptation {
  readonly what: string
  readonly because: string
  readonly apply: (template: CloudFormationTemplate) => CloudFormationTemplate
}

const without =
  (type: string) =>
  (template: CloudFormationTemplate): CloudFormationTemplate => ({
    ...template,
    Resources: Object.fromEntries(Object.entries(template.Resources).filter(([, { Type }]) => Type !== type)),
  })
const mapValues = <T>(record: Record<string, T>, change: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
const onEach =
  (type: string, properties: Record<string, unknown>) =>
  (template: CloudFormationTemplate): CloudFormationTemplate => ({
    ...template,
    Resources: mapValues(template.Resources, (resource) =>
      resource.Type === type ? { ...resource, Properties: { ...resource.Properties, ...properties } } : resource,
    ),
  })

/** All that is done to the templates before the emulator gets them: what is deployed is what `cdk synth` makes, but for this. */
export const adaptations: readonly Adaptation[] = [
  {
    what: 'event rules are made, but disabled',
    because: 'the emulator would run the functions itself, unmetered and with every permission: lambda/event-bus.ts calls them',
    apply: onEach('AWS::Events::Rule', { State: 'DISABLED' }),
  },
  {
    what: 'the newest ECS-optimized image is a name',
    because: 'the emulator lacks the parameter, and has no images',
    apply: ({ Parameters = {}, ...template }) => ({
      ...template,
      Parameters: mapValues(Parameters, (parameter) =>
        parameter.Type.includes('EC2::Image::Id') ? { Type: 'String', Default: 'ami-0123456789abcdef0' } : parameter,
      ),
    }),
  },
  {
    what: 'rules of security groups are left out',
    because: 'the emulator knows no AWS::EC2::SecurityGroupIngress',
    apply: without('AWS::EC2::SecurityGroupIngress'),
  },
]

/** For tests in which functions are killed: what such a one was at is handed out again after seconds, not minutes. */
export const redelivering = (seconds: number) => onEach('AWS::SQS::Queue', { VisibilityTimeout: seconds })

export const adapt = (template: CloudFormationTemplate): CloudFormationTemplate =>
  adaptations.reduce((now, { apply }) => apply(now), template)

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { builtInKind, customKinds } from '../../../../shared/resources/admissionregistration/type-check/known-kind.ts'
import { typeWarnings } from '../../../../shared/resources/admissionregistration/type-check/type-check.ts'
import type { CustomResourceDefinition } from '../../../../shared/resources/apiextensions/resource.ts'
import type { ExpressionWarning } from '../../../../shared/resources/generated/types.ts'
import { definitions } from '../../../../shared/resources/index.ts'
import type { ValidatingAdmissionPolicy } from '../../../../shared/resources/resource.ts'
import { loadSchemas } from '../../../../shared/resources/schemas.ts'
import { allVersions } from '../../../../shared/resources/served-version.ts'

const defined = (group: string, plural: string, kind: string, properties: object): CustomResourceDefinition =>
  ({
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties } } }],
    },
    status: {
      acceptedNames: { plural, kind, singular: kind.toLowerCase() },
      conditions: [{ type: 'Established', status: 'True' }],
    },
  }) as unknown as CustomResourceDefinition

const free = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
const schemas = loadSchemas()
const kinds = [
  ...allVersions(definitions).map((definition) => builtInKind(definition, schemas)),
  ...[
    defined('policies.example.com', 'limits', 'Limit', { spec: free, status: free }),
    defined('typed.example.com', 'widgets', 'Widget', {
      spec: {
        type: 'object',
        properties: {
          n: { type: 'integer' },
          'x-y': { type: 'string' },
          list: { type: 'array', items: { type: 'string' } },
          map: { type: 'object', additionalProperties: { type: 'boolean' } },
          when: { type: 'string', format: 'date-time' },
          some: { 'x-kubernetes-int-or-string': true },
          free,
          embedded: { ...free, 'x-kubernetes-embedded-resource': true },
        },
      },
    }),
  ].flatMap((crd) => customKinds(crd, schemas)),
]

interface Fact {
  readonly spec: ValidatingAdmissionPolicy['spec']
  readonly warnings: readonly ExpressionWarning[]
}
const facts = JSON.parse(readFileSync(new URL('./facts.json', import.meta.url), 'utf8')) as Record<string, Fact>

/** Types of objects are named by the clock there. */
const steady = (warnings: readonly ExpressionWarning[]) =>
  JSON.parse(JSON.stringify(warnings).replaceAll(/\b([A-Z][A-Za-z]+)\d{3,}/g, '$1')) as unknown

describe('types of kinds against the expressions of a policy: what a real cluster warns of', () => {
  it.each(Object.entries(facts))('%s', (_, { spec, warnings }) => {
    expect(typeWarnings({ metadata: { name: 'p' }, spec } as ValidatingAdmissionPolicy, kinds)).toEqual(steady(warnings))
  })
})

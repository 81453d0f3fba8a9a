import { jsonEqual } from '../../../meta/json-equal.ts'
import { apiVersionOf, type KubeObject } from '../../../meta/object.ts'
import type { Schema, SchemaTable } from '../../../meta/schema.ts'
import { forbidden } from '../../../meta/status.ts'
import { fillDefaults } from '../../../meta/structural/fill-defaults.ts'
import type { Structural } from '../../../meta/structural/structural.ts'
import type { KindDefinition, ServedVersion, Subresources } from '../../definition.ts'
import type * as wire from '../../generated/types.ts'
import { keepMetadata } from '../../keep-metadata.ts'
import { type CrdVersion, type CustomResourceDefinition, isTrue, storageVersionOf } from '../resource.ts'
import { columnsOf } from './columns.ts'
import { type Conversion, type ConvertElsewhere, conversionOf } from './conversion.ts'
import { deprecationOf } from './deprecation.ts'
import { kindSchema } from './field-schema.ts'
import { finalizerWarnings } from './finalizer-warnings.ts'
import { scaleMapping, unknownReplicas } from './scale.ts'
import { selectorsOf } from './selectors.ts'
import { customValidation } from './validation.ts'

/** What a CustomResourceDefinition makes: a kind like a built-in one for each version that is served. */
export interface CustomKind {
  /** by version; those that are served */
  readonly definitions: ReadonlyMap<string, KindDefinition>
  /** built-in types, and this kind's */
  readonly schemas: SchemaTable
  /** who converts between its versions, where that is somebody else; its definitions are then to be bound */
  readonly webhook?: ConversionWebhook | undefined
  /** A definition that converts so. */
  readonly bind: (version: string, elsewhere: ConvertElsewhere) => KindDefinition | undefined
}

export type ConversionWebhook = NonNullable<wire.CustomResourceConversion['webhook']>

/** `stable.example.com`, v1, CronTab → `com.example.stable.v1.CronTab` */
export const modelName = (group: string, version: string, kind: string): string =>
  [...group.split('.').reverse(), version, kind].join('.')

interface Making {
  readonly crd: CustomResourceDefinition
  readonly storage: CrdVersion
  readonly conversion: Conversion
  readonly model: (version: CrdVersion) => string
}

export const customKind = (crd: CustomResourceDefinition, builtIn: SchemaTable): CustomKind => {
  const { spec, status } = crd
  const model = ({ name }: CrdVersion) => modelName(spec.group, name, status.acceptedNames.kind)
  const types = spec.versions.map((version): [string, Schema] => [model(version), kindSchema(version.schema?.openAPIV3Schema)])
  const structures = new Map(spec.versions.map((version, index) => [version.name, types[index]![1].structure]))
  const webhook = spec.conversion?.strategy === 'Webhook' ? spec.conversion.webhook : undefined
  const making: Making = {
    ...{ crd, model, storage: storageVersionOf(crd)! },
    conversion: conversionOf(crd, structures, webhook && unbound),
  }
  const served = new Map(spec.versions.filter((one) => one.served).map((one) => [one.name, one]))
  const definitions = new Map([...served].map(([name, version]) => [name, kindOf(version, making)]))
  return {
    ...{ definitions, webhook },
    schemas: Object.assign(Object.create(builtIn) as Record<string, Schema>, Object.fromEntries(types)),
    bind: (name, elsewhere) => {
      const [definition, version] = [definitions.get(name), served.get(name)]
      const bound: Making = { ...making, conversion: conversionOf(crd, structures, elsewhere) }
      return definition && { ...definition, ...conversionFields(version!, bound) }
    },
  }
}

const unbound: ConvertElsewhere = () => {
  throw new Error('a conversion webhook is asked by requests only')
}

const kindOf = (version: CrdVersion, making: Making): KindDefinition => {
  const { crd, storage, model } = making
  const { group, scope } = crd.spec
  const { kind, plural, singular = '', shortNames, categories } = crd.status.acceptedNames
  const structure = version.schema?.openAPIV3Schema as Structural | undefined
  const { subresources = {} } = version
  const hasStatus = subresources.status !== undefined
  const validation = customValidation(version)
  const terminating = isTrue(crd, 'Terminating')
  return {
    group,
    version: version.name,
    upstreamStores: `${group}/${storage.name}`,
    kind,
    listKind: crd.status.acceptedNames.listKind,
    plural,
    singular,
    shortNames: shortNames ?? undefined,
    categories: categories ?? undefined,
    namespaced: scope === 'Namespaced',
    schema: model(version),
    custom: true,
    subresources: subresourcesOf(version),
    deprecation: version.deprecated ? (version.deprecationWarning ?? deprecationOf(version, crd.spec)) : undefined,
    unconditionalUpdate: false,
    hasGeneration: true,
    unqualifiedFinalizers: true,
    fieldSelectors: selectorsOf(version.selectableFields),
    columns: columnsOf(version.additionalPrinterColumns),
    default: (object) => fillDefaults(object, structure),
    prepareForCreate: (object) => {
      if (terminating) throw createForbidden(crd, object.metadata.name)
      if (hasStatus) delete object.status
    },
    prepareForUpdate: hasStatus ? undefined : countStatus,
    prepareForStatusUpdate: keepMetadata,
    validateCreate: validation.create,
    validateUpdate: validation.update,
    validateStatusUpdate: validation.status,
    warnings: finalizerWarnings,
    finish: unknownReplicas(version.subresources?.scale, version.schema?.openAPIV3Schema),
    ...conversionFields(version, making),
  }
}

/** What of a definition leads from version to version. */
const conversionFields = (version: CrdVersion, making: Making): Pick<KindDefinition, 'renew' | 'storesAs' | 'servedAs'> => {
  const { crd, storage, conversion } = making
  const isStored = version.name === storage.name
  return {
    servedAs: otherVersions(version, making),
    // What was stored under the only schema that there ever was is what that makes of it.
    renew:
      isStored && crd.metadata.generation === 1 && crd.spec.versions.every((one) => jsonEqual(one.schema, version.schema))
        ? undefined
        : (object) => conversion.to(conversion.asStored(object), version.name),
    storesAs: isStored
      ? undefined
      : { version: storage.name, convert: (object) => conversion.to(structuredClone(object), storage.name) },
  }
}

/** Without a subresource of its own status is as any other field. */
const countStatus = (object: KubeObject, old: KubeObject): void => {
  if (!jsonEqual(object.status, old.status)) object.metadata.generation = (old.metadata.generation ?? 0) + 1
}

const createForbidden = ({ spec, status }: CustomResourceDefinition, name: string) =>
  forbidden(spec.group, status.acceptedNames.plural, name, 'create not allowed while custom resource definition is terminating')

const subresourcesOf = ({ subresources: { status, scale } = {} }: CrdVersion): Subresources => ({
  status: status !== undefined,
  scale: scale && (scaleMapping(scale) as unknown as Subresources['scale']),
})

/** For who owns fields by another version: each is a view of the same objects. */
const otherVersions = (version: CrdVersion, { crd, conversion, model }: Making): ServedVersion[] =>
  crd.spec.versions
    .filter((one) => one !== version && one.served)
    .map((one) => ({
      group: crd.spec.group,
      version: one.name,
      schema: model(one),
      toStored: (object) => conversion.to(object, version.name),
      fromStored: (object) => {
        object.apiVersion ??= apiVersionOf(crd.spec.group, version.name)
        return conversion.to(object, one.name)
      },
    }))

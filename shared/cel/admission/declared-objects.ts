import type { StructDeclaration } from '../cel.ts'
import { boolType, type CelType, dynType, intType, listOf, mapOf, stringType, structType, timestampType } from '../type.ts'

const texts = listOf(stringType)
const textMap = mapOf(stringType, stringType)

const declare = (name: string, fields: Readonly<Record<string, CelType>>): StructDeclaration => ({
  type: structType(`kubernetes.${name}`),
  fields: new Map(Object.entries(fields)),
})

const groupVersionKind = declare('GroupVersionKind', { group: stringType, version: stringType, kind: stringType })
const groupVersionResource = declare('GroupVersionResource', { group: stringType, version: stringType, resource: stringType })
const userInfo = declare('UserInfo', {
  username: stringType,
  uid: stringType,
  groups: texts,
  extra: mapOf(stringType, texts),
})
const request = declare('AdmissionRequest', {
  kind: groupVersionKind.type,
  resource: groupVersionResource.type,
  subResource: stringType,
  requestKind: groupVersionKind.type,
  requestResource: groupVersionResource.type,
  requestSubResource: stringType,
  name: stringType,
  namespace: stringType,
  operation: stringType,
  userInfo: userInfo.type,
  dryRun: boolType,
  options: dynType,
})

const namespaceSpec = declare('NamespaceSpec', { finalizers: texts })
const namespaceCondition = declare('NamespaceCondition', {
  status: stringType,
  type: stringType,
  lastTransitionTime: timestampType,
  message: stringType,
  reason: stringType,
})
const namespaceStatus = declare('NamespaceStatus', { conditions: listOf(namespaceCondition.type), phase: stringType })
const namespaceMetadata = declare('NamespaceMetadata', {
  name: stringType,
  generateName: stringType,
  namespace: stringType,
  labels: textMap,
  annotations: textMap,
  UID: stringType,
  creationTimestamp: timestampType,
  deletionGracePeriodSeconds: intType,
  deletionTimestamp: timestampType,
  generation: intType,
  resourceVersion: stringType,
  finalizers: texts,
})
const namespace = declare('Namespace', {
  metadata: namespaceMetadata.type,
  spec: namespaceSpec.type,
  status: namespaceStatus.type,
})

const all = [groupVersionKind, groupVersionResource, userInfo, request, namespaceSpec, namespaceCondition, namespaceStatus]

/** What expressions of admission know of a request and its namespace, by the names of types. */
export const declaredObjects: ReadonlyMap<string, StructDeclaration> = new Map(
  [...all, namespaceMetadata, namespace].map((declaration) => [declaration.type.name, declaration]),
)

/** Of the variable `request`: an AdmissionRequest without uid and objects. */
export const requestType = request.type
/** Of the variable `namespaceObject`. */
export const namespaceType = namespace.type

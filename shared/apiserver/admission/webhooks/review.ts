import { complete } from '../../../meta/complete.ts'
import { parseExactJson } from '../../../meta/exact-json.ts'
import type { JsonObject } from '../../../meta/json-value.ts'
import type { KubeObject } from '../../../meta/object.ts'
import type { AdmissionAttributes } from '../admission.ts'
import { requestValue } from '../expressions/request-value.ts'
import type { AskedResource } from '../matching/asked.ts'
import { viewOf } from '../matching/view.ts'

/** A request's objects as one of the resources by which they are served, as JSON. */
export interface ReviewedObjects {
  readonly object: JsonObject | null
  readonly oldObject: JsonObject | null
}

/** Made once for all who see a request by the same version, until one of them changes its object. */
export class ReviewedViews {
  readonly #views = new Map<AskedResource['servedAs'], Promise<ReviewedObjects>>()

  of(attributes: AdmissionAttributes, asked: AskedResource): Promise<ReviewedObjects> {
    const known = this.#views.get(asked.servedAs) ?? reviewedObjects(attributes, asked)
    this.#views.set(asked.servedAs, known)
    return known
  }

  forget(): void {
    this.#views.clear()
  }
}

const reviewedObjects = async (attributes: AdmissionAttributes, asked: AskedResource): Promise<ReviewedObjects> => ({
  object: attributes.object ? await shown(attributes, asked, attributes.object) : null,
  oldObject: attributes.oldObject ? await shown(attributes, asked, attributes.oldObject) : null,
})

/** With all that Go writes though nothing was said; a copy. */
const shown = async (attributes: AdmissionAttributes, asked: AskedResource, object: KubeObject): Promise<JsonObject> => {
  const { bodyKind, definition, context } = attributes
  const copy = parseExactJson(JSON.stringify(await viewOf(attributes, asked, object))) as JsonObject
  const schema = bodyKind ? bodyKind.schema : (asked.servedAs ?? definition).schema
  if (schema !== undefined) complete(copy, schema, context.parts.schemas)
  return copy
}

/** An AdmissionReview of a version that a webhook reads. https://kubernetes.io/docs/reference/config-api/apiserver-admission.v1/ */
export const admissionReview = (
  attributes: AdmissionAttributes,
  asked: AskedResource,
  { version, uid, object, oldObject }: ReviewedObjects & { readonly version: string; readonly uid: string },
): JsonObject => ({
  kind: 'AdmissionReview',
  apiVersion: `admission.k8s.io/${version}`,
  request: { ...requestValue(attributes, asked), uid, object, oldObject },
})

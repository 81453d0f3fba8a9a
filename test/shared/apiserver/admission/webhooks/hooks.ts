import { Buffer } from 'node:buffer'
import type { TestServer } from '../../environment.ts'
import type { HttpAnswer } from '../../facts/webhooks/behaviours.ts'
import type { ReceivedReview, WebhookServer } from './webhook-server.ts'

const group = '/apis/admissionregistration.k8s.io/v1'
const onMaps = { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }

export const answered = ({ apiVersion, request }: ReceivedReview, response: object): HttpAnswer => ({
  body: { kind: 'AdmissionReview', apiVersion, response: { uid: request.uid, ...response } },
})

export const allowed = (review: ReceivedReview): HttpAnswer => answered(review, { allowed: true })

export const patchedBy = (review: ReceivedReview, ...operations: object[]): HttpAnswer =>
  answered(review, {
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
  })

/** A webhook `NAME.example.com` about ConfigMaps, at the path of its name. */
export const hookAt = ({ url, caBundle }: Pick<WebhookServer, 'url' | 'caBundle'>, name: string, changes: object = {}) => ({
  name: `${name}.example.com`,
  clientConfig: { url: `${url}/${name}`, caBundle },
  rules: [onMaps],
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  ...changes,
})

/** Configures webhooks; answers how to take them away again. */
export const configure = async (
  server: Pick<TestServer, 'call'>,
  kind: 'mutating' | 'validating',
  { webhooks, name = 'hooks' }: { readonly webhooks: readonly object[]; readonly name?: string | undefined },
): Promise<() => Promise<unknown>> => {
  const path = `${group}/${kind}webhookconfigurations`
  const { code, text } = await server.call('POST', path, { body: { metadata: { name }, webhooks } })
  if (code !== 201) throw new Error(text)
  return () => server.call('DELETE', `${path}/${name}`)
}

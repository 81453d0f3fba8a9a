import { Buffer } from 'node:buffer'

/** As much of an AdmissionReview as those who answer it look at. */
export interface Review {
  readonly apiVersion: string
  readonly request: { readonly uid: string; readonly object: Record<string, unknown> | null }
}

/** What a webhook answers over HTTP. */
export interface HttpAnswer {
  readonly status?: number
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

type Behaviour = (review: Review) => HttpAnswer

const respond =
  (response: object, changes: object = {}): Behaviour =>
  ({ apiVersion, request: { uid } }) => ({
    body: { kind: 'AdmissionReview', apiVersion, response: { uid, ...response }, ...changes },
  })
const deny = (status?: object) => respond({ allowed: false, ...(status && { status }) })
const encoded = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64')
const patched = (operations: unknown) => respond({ allowed: true, patchType: 'JSONPatch', patch: encoded(operations) })
const page =
  (status: number, body: unknown, type = 'text/plain', headers = {}): Behaviour =>
  () => ({ status, body, type, headers })

const label = (name: string, value = 'yes') => ({ op: 'add', path: `/metadata/labels/${name}`, value })

/** By what they do, which is the path of the webhook. */
export const behaviours = {
  allow: respond({ allowed: true }),
  deny: deny(),
  'deny-with-a-message': deny({ message: 'because' }),
  'deny-with-a-reason': deny({ reason: 'Because' }),
  'deny-with-a-known-reason': deny({ reason: 'NotFound', message: 'not here' }),
  'deny-with-a-code': deny({ code: 418, message: 'tea' }),
  'deny-with-a-low-code': deny({ code: 200, message: 'fine' }),
  'deny-with-a-success': deny({ status: 'Success', message: 'fine' }),
  'deny-with-another-status': deny({ status: 'Odd', message: 'odd' }),
  'deny-with-details': deny({
    message: 'because',
    reason: 'Invalid',
    code: 422,
    details: {
      name: 'n',
      kind: 'k',
      group: 'g',
      uid: 'u',
      causes: [{ reason: 'FieldValueInvalid', message: 'm', field: 'f' }],
      retryAfterSeconds: 7,
    },
  }),
  'deny-with-metadata': deny({ message: 'because', metadata: { continue: 'c', resourceVersion: '1' } }),
  'allowed-is-left-out': respond({}),
  'allow-with-a-status': respond({ allowed: true, status: { message: 'because', code: 400 } }),
  'wrong-uid': respond({ allowed: true, uid: 'another' }),
  'no-uid': respond({ allowed: true, uid: undefined }),
  'no-response': respond({}, { response: undefined }),
  'null-response': respond({}, { response: null }),
  'no-kind': respond({ allowed: true }, { kind: undefined }),
  'no-version': respond({ allowed: true }, { apiVersion: undefined }),
  'no-type': respond({ allowed: true }, { apiVersion: undefined, kind: undefined }),
  'old-version': respond({ allowed: true }, { apiVersion: 'admission.k8s.io/v1beta1' }),
  'unknown-version': respond({ allowed: true }, { apiVersion: 'admission.k8s.io/v7' }),
  'another-group': respond({ allowed: true }, { apiVersion: 'apps/v1' }),
  'another-kind': respond({ allowed: true }, { kind: 'Pod' }),
  'allowed-is-a-text': respond({ allowed: 'true' }),
  'an-unknown-field': respond({ allowed: true, nobody: 'knows' }),
  'the-request-too': ({ apiVersion, request }: Review) => ({
    body: { kind: 'AdmissionReview', apiVersion, request, response: { uid: request.uid, allowed: true } },
  }),
  'a-text': page(200, 'hello'),
  'a-number': page(200, '1', 'application/json'),
  'a-list': page(200, '[]', 'application/json'),
  'a-null': page(200, 'null', 'application/json'),
  'an-empty-object': page(200, '{}', 'application/json'),
  'broken-json': page(200, '{"kind":', 'application/json'),
  nothing: page(200, ''),
  'nothing-without-a-type': page(200, '', ''),
  'no-content': page(204, ''),
  'a-status': page(200, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'no', code: 400 }, 'application/json'),
  'bad-request': page(400, 'odd review'),
  unauthorized: page(401, 'who?'),
  forbidden: page(403, 'not you'),
  'not-found': page(404, '404 page not found\n'),
  'no-method': page(405, 'no'),
  'not-acceptable': page(406, ''),
  conflict: page(409, 'no'),
  gone: page(410, 'gone'),
  'media-type': page(415, 'what?'),
  unprocessable: page(422, 'no'),
  'too-many': page(429, 'slow down'),
  'server-error': page(500, 'it "broke"'),
  'server-error-as-json': page(500, { a: 1 }, 'application/json'),
  'server-error-as-a-status': page(
    500,
    { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'it broke', reason: 'InternalError', code: 500 },
    'application/json',
  ),
  unavailable: page(503, 'later'),
  'gateway-timeout': page(504, 'late'),
  teapot: page(418, 'tea'),
  'odd-type': page(200, '{}', 'a b c'),
  'unknown-type': ({ apiVersion, request: { uid } }: Review) => ({
    type: 'application/x-nobody',
    body: { kind: 'AdmissionReview', apiVersion, response: { uid, allowed: true } },
  }),
  warn: respond({ allowed: true, warnings: ['first', 'second "quoted"', 'first', '', 'with\nlines'] }),
  'warn-at-length': respond({ allowed: true, warnings: ['a'.repeat(300), 'b'.repeat(4000), 'c'.repeat(300)] }),
  'warn-and-deny': respond({ allowed: false, warnings: ['careful'], status: { message: 'because' } }),
  'patch-a-label': patched([label('patched')]),
  'patch-nothing': patched([]),
  'patch-null': patched('null'),
  'patch-what-is-there': patched([{ op: 'test', path: '/metadata/labels/a', value: 'b' }]),
  'patch-without-a-type': respond({ allowed: true, patch: encoded([label('patched')]) }),
  'type-without-a-patch': respond({ allowed: true, patchType: 'JSONPatch' }),
  'empty-type': respond({ allowed: true, patch: encoded([label('patched')]), patchType: '' }),
  'another-patch-type': respond({ allowed: true, patch: encoded([label('patched')]), patchType: 'MergePatch' }),
  'patch-no-base64': respond({ allowed: true, patch: '!', patchType: 'JSONPatch' }),
  'patch-no-json': patched('hello'),
  'patch-an-object': patched({ op: 'add' }),
  'patch-numbers': patched([1]),
  'patch-unknown-operation': patched([{ op: 'mend', path: '/a' }]),
  'patch-without-a-path': patched([{ op: 'add', value: 1 }]),
  'patch-a-missing-path': patched([{ op: 'add', path: '/nowhere/else', value: 1 }]),
  'patch-removes-what-is-not-there': patched([{ op: 'remove', path: '/nowhere' }]),
  'patch-replaces-what-is-not-there': patched([{ op: 'replace', path: '/nowhere/else', value: 1 }]),
  'patch-test-fails': patched([{ op: 'test', path: '/metadata/name', value: 'another' }]),
  'patch-a-wrong-type': patched([{ op: 'add', path: '/data', value: 'text' }]),
  'patch-an-unknown-field': patched([{ op: 'add', path: '/nobody', value: 'knows' }]),
  'patch-an-invalid-value': patched([{ op: 'add', path: '/data', value: { 'a b': 'c' } }]),
  'patch-an-invalid-label': patched([label('patched', 'a b')]),
  'patch-the-name': patched([{ op: 'replace', path: '/metadata/name', value: 'renamed' }]),
  'patch-the-namespace': patched([{ op: 'replace', path: '/metadata/namespace', value: 'elsewhere' }]),
  'patch-the-uid': patched([{ op: 'add', path: '/metadata/uid', value: 'mine' }]),
  'patch-the-whole': patched([{ op: 'replace', path: '', value: 1 }]),
  'patch-managers-away': patched([{ op: 'remove', path: '/metadata/managedFields' }]),
  'patch-broken-managers': patched([{ op: 'add', path: '/metadata/managedFields/0/operation', value: 'Odd' }]),
  'patch-and-deny': respond({ allowed: false, patch: encoded([label('patched')]), patchType: 'JSONPatch' }),
  'owners-twice': patched([
    {
      op: 'add',
      path: '/metadata/ownerReferences',
      value: [
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'a' },
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'a' },
      ],
    },
  ]),
} satisfies Readonly<Record<string, Behaviour>>

export type BehaviourName = keyof typeof behaviours

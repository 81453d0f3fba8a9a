import type { Difference } from '../compare/difference.ts'
import type { Heard } from './heard.ts'
import type { FuzzRequest } from './request.ts'

export interface Differing {
  readonly request: FuzzRequest
  readonly ours: Heard
  readonly peer: Heard
  readonly all: readonly Difference[]
}

/** Differences that are there on purpose, or wait for something, and why: docs/compatibility.md says the same. */
const explained: readonly { readonly when: (differing: Differing) => boolean; readonly why: string }[] = [
  {
    when: ({ request, ours, peer }) =>
      request.type === 'application/strategic-merge-patch+json' && peer.code === 500 && (ours.code === 400 || ours.code === 422),
    why: 'what a strategic merge patch can not do is the fault of who sent it',
  },
  {
    when: ({ ours, peer }) =>
      peer.code === 500 &&
      ours.code === 422 &&
      /^Internal error occurred: failed to allocate requested/.test(messageOf(peer) ?? ''),
    why: 'a port that can not be given for a health check is the fault of who asks for it',
  },
  {
    when: ({ ours, peer }) => firstField(ours) === 'patch' && firstField(peer) === 'patch',
    why: 'what a patch makes can not be read: upstream tells it in words of its own types',
  },
  {
    when: ({ ours, peer }) => unmarshals(ours) && unmarshals(peer),
    why: "a value of another type: upstream names Go's own types",
  },
  {
    when: ({ peer }) => String(messageOf(peer)).startsWith('strconv.ParseUint: parsing'),
    why: 'a resourceVersion that is no number is in conflict; there it is an error of the server',
  },
  {
    when: ({ all }) => all.length === 1 && all[0]!.where === '.body.metadata.continue' && all[0]!.ours === undefined,
    why: 'a page behind which nothing comes says so',
  },
  {
    when: ({ request, peer, all }) =>
      /\/(?:flowschemas|customresourcedefinitions|apiservices)\b/.test(request.path) &&
      (peer.code === 409 ||
        (request.path.includes('/flowschemas/') && request.body?.includes('/status') === true) ||
        (peer.code === 404 && request.path.includes('/customresourcedefinitions/')) ||
        all.every(({ where }) =>
          /^\.body\.(status\.(?:conditions|acceptedNames.*)|metadata\.managedFields|items|rows)$/.test(where),
        )),
    why: "upstream's own controllers write the status of FlowSchemas, CustomResourceDefinitions and APIServices meanwhile",
  },
  {
    when: ({ ours, peer }) =>
      ours.code === 400 &&
      /unknown conversion$/.test(messageOf(ours) ?? '') &&
      (unmarshals(peer) || /handled as a \w+: (?:parsing time|quantities must match|illegal base64)/.test(messageOf(peer) ?? '')),
    why: 'a body of another kind is not read as what it is',
  },
  {
    when: ({ ours, peer }) =>
      ours.code === 422 &&
      peer.code === 422 &&
      fieldsOf(ours).join() === fieldsOf(peer).join() &&
      /\\n@@ -|[{,]\\+"[A-Z]\w*\\+":/.test(JSON.stringify(peer.body)),
    why: "what was changed though it may not is shown as a client writes it, not as upstream's own types",
  },
  {
    when: ({ request, peer, ours }) =>
      request.type === 'application/strategic-merge-patch+json' &&
      ((peer.code === 422 && firstField(peer) === 'patch') || (ours.code === 422 && firstField(ours) === 'patch')),
    why: 'what a strategic merge patch makes can not be read: upstream finds it out before, or never',
  },
  {
    when: ({ request, peer }) => request.type === 'application/strategic-merge-patch+json' && peer.code === 500,
    why: 'a directive where none can be: upstream fails',
  },
  {
    when: ({ all }) => all.every(({ where }) => /\.metadata\.(selfLink|deletionGracePeriodSeconds)$/.test(where)),
    why: 'a selfLink is dropped by every write, and so is a grace period of what is not being deleted',
  },
  {
    when: ({ peer, ours }) => ours.code === 422 && JSON.stringify(peer.body).includes('Internal error: '),
    why: 'what upstream can not look at since other parts of it are wrong is looked at',
  },
  {
    when: ({ request, all }) =>
      request.path.includes('/daemonsets/') &&
      request.accept?.includes('PartialObjectMetadata') === true &&
      all.every(({ where }) => where === '.body.metadata.annotations'),
    why: "the annotation that is a field of upstream's own DaemonSet is metadata like any other",
  },
  {
    when: ({ request, all }) =>
      /networkpolicies|networking\.k8s\.io|webhookconfigurations/.test(request.path) &&
      all.every(
        ({ where, ours, peer }) =>
          where === '.body.metadata.generation' ||
          (where === '.body.items' && withoutGeneration(ours) === withoutGeneration(peer)),
      ),
    why: 'an empty list where none was is no change of a NetworkPolicy or of webhooks',
  },
  {
    when: ({ request, ours, peer }) =>
      /storageclasses|volumeattributesclasses/.test(request.path) &&
      fieldsOf(peer)
        .filter((field) => field !== 'parameters')
        .join() === fieldsOf(ours).join() &&
      JSON.stringify(peer.body).includes('updates to parameters are forbidden'),
    why: 'no parameters where there were none is no change of a class',
  },
  {
    when: ({ ours, peer }) => ours.code === 422 && peer.code === 422 && withoutEmpty(ours.body) === withoutEmpty(peer.body),
    why: 'an error shows an empty list or map as it was said, or as it is stored',
  },
  {
    when: ({ all, ours }) => ours.code >= 400 && all.every(({ where }) => where === '.warning'),
    why: 'what is refused is not warned of as well',
  },
  {
    when: ({ all }) => all.every(({ where }) => where === '.body.metadata.continue'),
    why: 'tokens are of their server',
  },
  {
    when: ({ all, ours, peer }) =>
      all.every(({ where }) => /^\.body\.(?:metadata\.managedFields|items)$/.test(where)) && sameOwned(ours.body, peer.body),
    why: 'who owns an object and scales it under the same name goes on to own both (there one is forgotten); nobody owns what is empty, or what a gate takes out',
  },
  {
    when: ({ ours }) => ours.code === 400 && /was undeterminable: name must be provided$/.test(messageOf(ours) ?? ''),
    why: 'an object without its version is none; upstream reads it as one of its own types, whose fields have other names',
  },
  {
    when: ({ request, all }) =>
      request.type === 'application/strategic-merge-patch+json' &&
      all.every(({ where, peer }) => where === '.warning' && /unknown field \\"[^"]*\$/.test(String(peer))),
    why: 'a directive in a list that is set as a whole is taken out without a word',
  },
  {
    when: ({ ours, peer }) =>
      ours.code === 500 &&
      peer.code === 500 &&
      [ours, peer].some(({ body }) => JSON.stringify(body).includes('field not declared in schema')),
    why: 'of an applied object upstream tells what it finds up to a field that nobody declared, in the order of a map',
  },
  {
    when: ({ ours, peer, request }) => {
      const [own, theirs] = [causesOf(ours), causesOf(peer)]
      const more = theirs.filter((cause) => !own.includes(cause))
      return more.length > 0 && own.every((cause) => theirs.includes(cause)) && more.every((cause) => isSaidEmpty(request, cause))
    },
    why: 'an empty list or map where none may be is none',
  },
  {
    when: ({ ours, peer }) => peer.code === 406 && messageOf(peer) === `${messageOf(ours)}, application/vnd.kubernetes.protobuf`,
    why: 'no answer is in protobuf',
  },
  {
    when: ({ request, ours, peer }) =>
      request.type === 'application/apply-patch+yaml' &&
      ours.code === 404 &&
      peer.code !== 404 &&
      /\/validatingadmissionpolicies\/[^/]+\/status\?/.test(request.path),
    why: 'what is not there has no status that could be applied: upstream makes it',
  },
  {
    when: ({ request, ours }) =>
      request.type === 'application/apply-patch+yaml' &&
      ours.code === 500 &&
      /json: cannot unmarshal number -?[\d.e+]+ into Go struct field|cannot convert int64 to int32$/.test(messageOf(ours) ?? ''),
    why: 'an applied number that does not fit is refused: upstream stores what is left of it',
  },
]

interface StatusLike {
  readonly message?: string
  readonly details?: { readonly causes?: readonly string[] }
}

const messageOf = ({ body }: Heard) => (body as StatusLike).message
/** of the only cause */
const firstField = ({ body }: Heard): unknown => {
  const causes = (body as StatusLike).details?.causes
  return causes?.length === 1 ? (JSON.parse(causes[0]!) as { field?: unknown }).field : undefined
}
const causesOf = ({ body }: Heard): readonly string[] => (body as StatusLike).details?.causes ?? []
const isSaidEmpty = ({ body = '' }: FuzzRequest, cause: string): boolean => {
  const name = (JSON.parse(cause) as { field: string }).field.split('.').at(-1)
  return body.includes(`"${name}":[]`) || body.includes(`"${name}":{}`)
}
/** that something is wrong with, each once, in order */
const fieldsOf = ({ body }: Heard): string[] => {
  const causes = (body as StatusLike).details?.causes ?? []
  return [...new Set(causes.map((cause) => (JSON.parse(cause) as { field: string }).field))].sort()
}
type Owned = { readonly metadata?: { readonly managedFields?: unknown } }

const withoutOwners = (object: Owned) => {
  const { metadata = {}, ...rest } = object
  const { managedFields, ...others } = metadata
  return { ...rest, metadata: others, owned: ownedOf(managedFields, object) }
}

/** Whether it has a field of that name anywhere, and something in it. */
const says = (object: Owned, name: string): boolean => {
  const inside = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some(inside)
    if (typeof value !== 'object' || value === null) return false
    return Object.entries(value).some(([field, one]) => (field === name && !isEmpty(one)) || inside(one))
  }
  const { metadata: { managedFields: _managedFields, ...metadata } = {}, ...rest } = object
  return inside({ ...rest, metadata })
}

const isEmpty = (value: unknown) => typeof value === 'object' && (value === null || Object.keys(value).length === 0)

/** What each manager owns, whatever the entries, less what several reasons let differ: replicas, what is empty, what a gate takes out. */
const ownedOf = (managers: unknown, object: Owned): string[] =>
  ((managers ?? []) as { manager: string; operation: string; subresource?: string; fieldsV1: object }[])
    .flatMap(({ manager, operation, subresource = '', fieldsV1 }) =>
      leaves(fieldsV1)
        .filter((leaf) => !/f:replicas|f:size$|f:spec\/\.$|f:stopSignal|f:lifecycle\/\.$|f:workloadRef/.test(leaf))
        .filter((leaf) => says(object, /f:([^/]+)$/.exec(leaf)?.[1] ?? '') || !/f:[^/]+$/.test(leaf))
        .map((leaf) => `${manager} ${operation} ${subresource} ${leaf}`),
    )
    .sort()

const leaves = (fields: object, path = ''): string[] =>
  Object.entries(fields).flatMap(([name, inner]) => {
    const at = `${path}/${name}`
    return Object.keys(inner as object).length === 0 ? [at] : leaves(inner as object, at)
  })

/** Of an answer that is an object, or a list of them. */
const sameOwned = (ours: unknown, peer: unknown): boolean => {
  const shown = (body: unknown) => JSON.stringify(((body as { items?: Owned[] }).items ?? [body as Owned]).map(withoutOwners))
  return shown(ours) === shown(peer)
}

const withoutGeneration = (items: unknown) => JSON.stringify(items).replaceAll(/"generation":\d+/g, '')
const withoutEmpty = (body: unknown) => JSON.stringify(body).replaceAll(/ value: (?:null|\[\]|\{\})/g, ' value: null')
const unmarshals = (heard: Heard) => heard.code === 400 && /json: cannot unmarshal .* into Go /.test(messageOf(heard) ?? '')

/** A token may differ beside what else does. */
const withoutToken = ({ all, ...differing }: Differing): Differing => {
  const others = all.filter(({ where }) => where !== '.body.metadata.continue')
  return { ...differing, all: others.length > 0 ? others : all }
}

export const whyDiffers = (differing: Differing): string | undefined =>
  explained.find(({ when }) => when(withoutToken(differing)))?.why

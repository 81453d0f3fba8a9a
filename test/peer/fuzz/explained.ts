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
      request.path.includes('/flowschemas') &&
      (peer.code === 409 ||
        all.every(({ where }) => /^\.body\.(status\.conditions|metadata\.managedFields|items|rows)$/.test(where))),
    why: "upstream's own controller writes the status of FlowSchemas meanwhile",
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
      /networkpolicies|networking\.k8s\.io/.test(request.path) &&
      all.every(
        ({ where, ours, peer }) =>
          where === '.body.metadata.generation' ||
          (where === '.body.items' && withoutGeneration(ours) === withoutGeneration(peer)),
      ),
    why: 'an empty list where none was is no change of a NetworkPolicy',
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
    when: ({ all }) =>
      all.every(
        ({ where, ours, peer }) => /^\.body\.(?:metadata\.managedFields|items)$/.test(where) && sameOwned(where, ours, peer),
      ),
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
/** that something is wrong with, each once, in order */
const fieldsOf = ({ body }: Heard): string[] => {
  const causes = (body as StatusLike).details?.causes ?? []
  return [...new Set(causes.map((cause) => (JSON.parse(cause) as { field: string }).field))].sort()
}
const withoutOwners = ({ metadata = {}, ...rest }: { metadata?: { managedFields?: unknown } }) => {
  const { managedFields, ...others } = metadata
  return { ...rest, metadata: others, owned: ownedOf(managedFields) }
}

/** What each manager owns, whatever the entries, less what several reasons let differ: replicas, what is empty, what a gate takes out. */
const ownedOf = (managers: unknown): string[] =>
  ((managers ?? []) as { manager: string; operation: string; subresource?: string; fieldsV1: object }[])
    .flatMap(({ manager, operation, subresource = '', fieldsV1 }) =>
      leaves(fieldsV1)
        .filter((leaf) => !/f:replicas|f:stopSignal|f:lifecycle\/\.$|f:workloadRef|f:(?:rules|ports)$/.test(leaf))
        .map((leaf) => `${manager} ${operation} ${subresource} ${leaf}`),
    )
    .sort()

const leaves = (fields: object, path = ''): string[] =>
  Object.entries(fields).flatMap(([name, inner]) => {
    const at = `${path}/${name}`
    return Object.keys(inner as object).length === 0 ? [at] : leaves(inner as object, at)
  })

const sameOwned = (where: string, ours: unknown, peer: unknown): boolean => {
  const shown = (value: unknown) =>
    where === '.body.items'
      ? JSON.stringify((value as Parameters<typeof withoutOwners>[0][]).map(withoutOwners))
      : JSON.stringify(ownedOf(value))
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

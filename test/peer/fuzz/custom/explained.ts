import { type Differing, whyDiffers as whyAnythingDiffers } from '../explained.ts'

/** Differences that are there on purpose, or wait for something, and why: docs/compatibility.md says the same. */
const explained: readonly { readonly when: (differing: Differing) => boolean; readonly why: string }[] = [
  {
    when: ({ ours, peer }) => ours.code === 404 && peer.code === 404 && peer.body === '404 page not found\n',
    why: 'what is not served at all is said by a Status',
  },
  {
    when: ({ peer }) => peer.code === 599,
    why: 'upstream fails in the middle of an answer',
  },
  {
    when: ({ request, peer }) =>
      request.path.includes('/scale') &&
      JSON.stringify(peer.body).includes(
        'Kind=Scale) to proper version: request to convert CR to an invalid group/version: autoscaling/v1',
      ),
    why: 'a Scale can be applied though nobody owns replicas yet: upstream fails',
  },
  {
    when: ({ request, ours, peer }) =>
      /\.example\.com|\.k8s\.io\//.test(request.path) &&
      peer.code === 500 &&
      ours.code !== 500 &&
      /^failed to (?:convert (?:new|old|live) object|create typed|prune fields|create manager)/.test(messageOf(peer)),
    why: 'versions that disagree about a field can be applied to: upstream fails',
  },
  {
    when: ({ request, all, peer }) =>
      request.path.includes('.example.com') &&
      JSON.stringify(peer.body).includes('managedFields') === false &&
      all.every(
        ({ where, ours, peer: theirs }) => where === '.body.metadata.managedFields' && ours !== undefined && theirs === undefined,
      ),
    why: 'who owns an object is kept where its versions disagree about a field: upstream forgets it',
  },
  {
    when: ({ peer }) => peer.code === 429,
    why: 'upstream is not ready yet',
  },
  {
    when: ({ ours, peer }) =>
      peer.code === 500 &&
      ours.code === 500 &&
      [ours, peer].every((heard) => /^failed to (?:convert|create|prune)/.test(messageOf(heard))),
    why: 'what does not fit the schema of another version, or one that was changed, is told of where it is noticed',
  },
  {
    when: ({ ours, peer }) =>
      /should be (?:greater|less) than (?:or equal to )?-?\d{20,}/.test(
        `${JSON.stringify(ours.body)}${JSON.stringify(peer.body)}`,
      ),
    why: 'a bound that no integer reaches holds: upstream takes it for another',
  },
  {
    when: ({ request, ours, peer }) =>
      request.path.includes('/scale') &&
      ours.code === 400 &&
      JSON.stringify(peer.body).includes('no kind is registered for the type v1.Scale'),
    why: 'a body of another kind is not read as what it is',
  },
]

const messageOf = ({ body }: Differing['peer']): string => String((body as { message?: unknown }).message)

export const whyDiffers = (differing: Differing): string | undefined =>
  explained.find(({ when }) => when(differing))?.why ?? whyAnythingDiffers(differing)

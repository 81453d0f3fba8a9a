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
    when: ({ request, ours, peer }) =>
      request.path.includes('/scale') &&
      ours.code === 400 &&
      JSON.stringify(peer.body).includes('no kind is registered for the type v1.Scale'),
    why: 'a body of another kind is not read as what it is',
  },
  {
    when: ({ ours, peer }) =>
      ours.code === 500 &&
      peer.code === 500 &&
      [ours, peer].every(({ body }) => JSON.stringify(body).includes('field not declared in schema')),
    why: 'of an applied object upstream tells what it finds up to a field that nobody declared, in the order of a map',
  },
]

export const whyDiffers = (differing: Differing): string | undefined =>
  explained.find(({ when }) => when(differing))?.why ?? whyAnythingDiffers(differing)

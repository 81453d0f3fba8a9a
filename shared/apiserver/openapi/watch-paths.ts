import { watchEvent } from './kinds.ts'
import { type PathItem, streamMedia } from './operation.ts'
import type { Place, Target } from './operations.ts'
import { parametersOf, prettyParameter } from './parameters.ts'

export interface Watched {
  readonly root: string
  /** of the collection, below the root */
  readonly scoped: string
  readonly plural: string
  readonly place: Place
  readonly everywhere: Place
  readonly named: Place
  readonly target: Target
}

/** The old paths of watches, which are served beside `?watch=true`. */
export const watchPaths = ({ root, scoped, plural, place, everywhere, named, target }: Watched): PathItem[] => {
  const { kind } = target.kind
  const watch = (path: string, where: Place, { words, action }: { words: string; action: string }): PathItem => ({
    path: `${root}/watch${path}`,
    operations: [
      {
        method: 'get',
        id: `watch${where.prefix}${where.namespaced ? 'Namespaced' : ''}${words}`,
        description: `watch ${action === 'watch' ? 'an object' : 'objects'} of kind ${kind}; deprecated: list with the parameter 'watch' instead`,
        tag: where.tag,
        about: { action, kind: target.kind },
        parameters: [...parametersOf.watch!, ...where.parameters, prettyParameter],
        answer: watchEvent,
        media: streamMedia,
        statuses: [200],
      },
    ],
  })
  return [
    watch(scoped, place, { words: `${kind}List`, action: 'watchlist' }),
    watch(`${scoped}/{name}`, named, { words: kind, action: 'watch' }),
    ...(place.namespaced ? [watch(`/${plural}`, everywhere, { words: `${kind}ListForAllNamespaces`, action: 'watchlist' })] : []),
  ]
}

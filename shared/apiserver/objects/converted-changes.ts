import type { TailChange } from '../../storage/log-tail.ts'
import type { ResourceContext } from '../context.ts'
import { encoder } from './encode.ts'
import type { Selection } from './selection.ts'
import { decodeCurrent } from './served-version.ts'

/** Changes of a kind that another one converts, when that is done: once for all who watch the same version. Those that a selection wants. */
export const convertedChanges = async (
  context: ResourceContext,
  batch: readonly TailChange[],
  { matches }: Selection,
): Promise<readonly TailChange[]> => {
  const { definition, conversions } = context
  if (!conversions) return batch
  for (const change of batch) {
    const { value, revision, previousObject } = change
    const looks = [() => decodeCurrent(context, value)]
    // It may leave the selection, which shows what it was.
    if (matches && previousObject) looks.push(() => decodeCurrent(context, encoder(definition, previousObject)(revision)))
    const slot = `converted ${conversions.origin} ${definition.version} ${matches !== undefined}`
    await conversions.readyOnce((make) => change.memo(slot, make), looks)
  }
  if (!matches) return batch
  return batch.filter(
    ({ type, object, previousObject }) =>
      (type !== 'deleted' && matches(object)) || (previousObject !== undefined && matches(previousObject)),
  )
}

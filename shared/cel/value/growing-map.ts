import { type CelValue, ValueMap } from './value.ts'

/** What a loop collects into. Nobody else sees it before it is finished. */
export class GrowingMap extends ValueMap {
  finished(): ValueMap {
    return new ValueMap(this.entries())
  }
}

/** The map with one entry more: the same one where it grows. */
export const withEntry = (map: ValueMap, key: CelValue, value: CelValue): ValueMap => {
  const result = map instanceof GrowingMap ? map : new ValueMap(map.entries())
  result.set(key, value)
  return result
}

import { CelList, CelMap, type CelValue, Duration, Optional, Timestamp, typeOfValue, Uint } from '../value/value.ts'

const names: Partial<Record<string, string>> = {
  bool: 'types.Bool',
  bytes: 'types.Bytes',
  double: 'types.Double',
  int: 'types.Int',
  null: 'types.Null',
  string: 'types.String',
  type: '*types.Type',
}

/** What upstream calls a value where it shows its own type. */
export const goTypeName = (value: CelValue): string => {
  if (value instanceof Uint) return 'types.Uint'
  if (value instanceof Timestamp) return 'types.Timestamp'
  if (value instanceof Duration) return 'types.Duration'
  if (value instanceof Optional) return '*types.Optional'
  if (value instanceof CelList) return '*types.baseList'
  if (value instanceof CelMap) return '*types.baseMap'
  return names[typeOfValue(value).kind] ?? typeOfValue(value).name
}

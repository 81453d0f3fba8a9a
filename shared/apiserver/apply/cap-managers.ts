import { compareText } from '../../meta/fields/path-element.ts'
import { union } from '../../meta/fields/set-algebra.ts'
import { type Managed, type Manager, managerId, secondsOf } from './managed.ts'

const maxUpdaters = 10
const bucketName = 'ancient-changes'

/** Of more updaters than there may be, the oldest ones of a version become one. */
export const capManagers = (managed: Managed): Managed => {
  if (managed.size <= maxUpdaters) return managed
  const updaters = [...managed].filter(([, { operation }]) => operation === 'Update')
  if (updaters.length <= maxUpdaters) return managed
  updaters.sort(([id, one], [otherId, other]) => secondsOf(one) - secondsOf(other) || compareText(id, otherId))
  const capped = new Map(managed)
  const firsts = new Map<string, string>()
  let count = updaters.length
  for (const [id, one] of updaters) {
    if (count <= maxUpdaters) break
    const { apiVersion } = one
    const first = firsts.get(apiVersion)
    if (first === undefined) {
      firsts.set(apiVersion, id)
      continue
    }
    const bucket: Omit<Manager, 'fields'> = {
      manager: bucketName,
      operation: 'Update',
      apiVersion,
      subresource: '',
      time: one.time,
    }
    const bucketId = managerId(bucket)
    const before = capped.get(bucketId) ?? capped.get(first)!
    if (!capped.has(bucketId)) capped.delete(first)
    // The bucket itself may be the one whose turn it is.
    capped.delete(id)
    capped.set(bucketId, { ...bucket, fields: union(one.fields, before.fields) })
    count--
  }
  return capped
}

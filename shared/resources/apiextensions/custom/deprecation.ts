import { compareVersions } from '../../kube-version.ts'
import type { CrdSpec, CrdVersion } from '../resource.ts'

/** What is said of a version that is deprecated without a word of its own: which one to use. */
export const deprecationOf = ({ name }: CrdVersion, { group, names, versions }: CrdSpec): string => {
  const message = `${group}/${name} ${names.kind} is deprecated`
  const [newest] = versions
    .filter((one) => one.served && !one.deprecated && compareVersions(one.name, name) < 0)
    .map((one) => one.name)
    .sort(compareVersions)
  return newest === undefined ? message : `${message}; use ${group}/${newest} ${names.kind}`
}

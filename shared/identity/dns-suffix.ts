/** What the names of AWS' endpoints end with, by what the region's begins with; the partitions `aws` and `aws-us-gov` share one. */
const suffixes: readonly (readonly [regions: string, suffix: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
]

export const dnsSuffix = (region: string): string =>
  suffixes.find(([regions]) => region.startsWith(regions))?.[1] ?? 'amazonaws.com'

import type { Difference } from './difference.ts'

/** Differences that are there on purpose, or wait for something, and why: docs/compatibility.md says the same. */
const explained: readonly { readonly where: RegExp; readonly why: string }[] = [
  { where: /admissionregistration|admissionpolic/i, why: 'admission policies are refused' },
  { where: /apiregistration/i, why: 'there is no aggregation of API servers' },
  { where: /apiextensions|customresourcedefinitions/i, why: 'there are no custom resources' },
  { where: /(discovery|aggregated discovery)\.order$/, why: 'of the groups that are not there' },
  { where: /openapi v3$/, why: 'of the groups that are not there' },
  {
    where: /(DeleteOptions|WatchEvent)\.x-kubernetes-group-version-kind$/,
    why: 'upstream names every group that it was built with, also those that it does not serve',
  },
  { where: /certificatesigningrequests\.spec\.(username|extra)/, why: 'the administrators of the two are two people' },
]

export const whyExpected = ({ where }: Difference): string | undefined => explained.find((one) => one.where.test(where))?.why

import type { Difference } from './difference.ts'

/** Differences that are there on purpose, or wait for something, and why: docs/compatibility.md says the same. */
const explained: readonly { readonly where: RegExp; readonly why: string }[] = [
  {
    where: /^openapi v3 .*\.(http|example|externalDocs|not)\.(\$ref|allOf)$/,
    why: 'upstream describes the field by nothing, and refers to its type plainly then: the same',
  },
  { where: /apiregistration.*managedFields$/, why: 'upstream writes the spec of an APIService though nothing is said of it' },
  {
    where: /JSONSchemaProps|CustomResourceSubresource/,
    why: 'what a definition may say in several ways is any JSON, as a subresource without fields is any object',
  },
  {
    where: /(DeleteOptions|WatchEvent)\.x-kubernetes-group-version-kind$/,
    why: 'upstream names every group that it was built with, also those that it does not serve',
  },
  { where: /metrics\.k8s\.io|aggregated-metrics-reader/, why: 'what metrics-server brings elsewhere is part of ours' },
  {
    where:
      /^openapi v[23] .*\bcompare\.example\.com.*\b(?:paths|components\.(?:schemas\.io\.k8s|securitySchemes))|^openapi v2\.paths\.\/apis\/compare\.example\.com|^openapi v3 documents\.apis\/compare\.example\.com$/,
    why: 'paths of custom kinds are told of as those of built-in ones are: upstream leaves out what it takes there as well (watches, options of deletions), and their documents of groups',
  },
  { where: /(?:^list|\blist) .*metadata\.continue$/, why: 'a page behind which nothing comes says so' },
  { where: /certificatesigningrequests\.spec\.(username|extra)/, why: 'the administrators of the two are two people' },
]

export const whyExpected = ({ where }: Difference): string | undefined => explained.find((one) => one.where.test(where))?.why

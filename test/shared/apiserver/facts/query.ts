import type { FactRequest } from './requests.ts'

const maps = '/api/v1/namespaces/facts/configmaps'
const merge = 'application/merge-patch+json'

const verbs: Readonly<Record<string, FactRequest>> = {
  get: { method: 'GET', url: `${maps}/c?` },
  list: { method: 'GET', url: `${maps}?fieldSelector=metadata.name%3Dc&` },
  watch: { method: 'GET', url: `${maps}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dc&` },
  create: { method: 'POST', url: `${maps}?dryRun=All&`, body: { metadata: { name: 'new' } } },
  update: { method: 'PUT', url: `${maps}/c?dryRun=All&`, body: { metadata: { name: 'c' } } },
  patch: { method: 'PATCH', url: `${maps}/c?dryRun=All&`, body: { data: { a: 'c' } }, contentType: merge },
  delete: { method: 'DELETE', url: `${maps}/c?dryRun=All&` },
  deletecollection: { method: 'DELETE', url: `${maps}?dryRun=All&fieldSelector=metadata.name%3Dc&` },
}

const integers = [
  '',
  '0',
  '1',
  '-1',
  '+1',
  '01',
  '1.5',
  '1e3',
  '0x10',
  'abc',
  ' 1',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775809',
]
const booleans = ['', 'true', 'false', '1', '0', 'True', 'TRUE', 'maybe', 't']
const reads = ['list', 'watch', 'deletecollection']
const writes = ['create', 'update', 'patch']
const deletes = ['delete', 'deletecollection']

const table: readonly (readonly [parameter: string, verbs: readonly string[], values: readonly string[]])[] = [
  ['limit', reads, integers],
  ['timeoutSeconds', ['list', 'deletecollection'], integers],
  ['timeoutSeconds', ['watch'], ['abc', '1.5', '9223372036854775808']],
  ['continue', reads, ['', 'x', 'e30', 'e30=', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiIuLi8ifQ', 'eyJ2IjoidjIifQ']],
  [
    'resourceVersion',
    ['get', 'list', 'watch', 'deletecollection'],
    ['', '0', 'abc', '-1', '1.5', '01', '99999999999', '18446744073709551615', '18446744073709551616'],
  ],
  ['resourceVersionMatch', reads, ['', 'Exact', 'NotOlderThan', 'exact', 'Other']],
  ['resourceVersion=0&resourceVersionMatch', reads, ['', 'Exact', 'NotOlderThan', 'Other']],
  ['resourceVersion=0&limit=1&resourceVersionMatch', reads, ['', 'Exact', 'NotOlderThan']],
  ['watch', ['list'], booleans],
  ['allowWatchBookmarks', ['list', 'watch'], booleans],
  ['sendInitialEvents', ['list', 'deletecollection'], booleans],
  ['sendInitialEvents', ['watch'], ['', 'false', 'maybe', 'true']],
  ['resourceVersionMatch=NotOlderThan&sendInitialEvents', ['watch'], ['', 'true', 'false', 'maybe']],
  ['gracePeriodSeconds', deletes, integers],
  ['propagationPolicy', deletes, ['', 'Orphan', 'Background', 'Foreground', 'orphan', 'Other']],
  ['orphanDependents', deletes, booleans],
  ['orphanDependents=true&propagationPolicy', deletes, ['', 'Orphan', 'Background']],
  ['dryRun', [...writes, ...deletes], ['', 'All', 'all', 'None', 'true']],
  [
    'fieldManager',
    writes,
    ['', 'x', 'x'.repeat(128), 'x'.repeat(129), 'a b', 'a%0Ab', 'a%00b', '%C3%A4'.repeat(64), '%C3%A4'.repeat(65), '%E2%80%8B'],
  ],
  ['fieldValidation', writes, ['', 'Strict', 'Warn', 'Ignore', 'strict', 'Other']],
  ['force', ['patch'], ['', 'true', 'false', 'maybe']],
  ['pretty', ['get', 'create'], booleans],
  [
    'labelSelector',
    ['list'],
    [
      '',
      'a',
      '!a',
      'a=b',
      'a==b',
      'a!=b',
      'a in (b)',
      'a in ()',
      'a in b',
      '=',
      'a=b,',
      ',',
      'a>1',
      'a>x',
      'a%26b',
      '-a',
      'x'.repeat(70),
    ],
  ],
  [
    'fieldSelector',
    ['list'],
    [
      '',
      'a=b',
      'metadata.name',
      'metadata.name!=c',
      'metadata.namespace=facts',
      'metadata.labels=a',
      ',',
      'metadata.name=a,metadata.name=b',
      'metadata.name=a\\,b',
      'metadata.name=a\\b',
    ],
  ],
  ['includeObject', ['list'], ['', 'Metadata', 'Other']],
  ['unknown', ['get', ...reads, ...writes, ...deletes], ['', 'x']],
]

/** The first value of a parameter counts, or all do. */
const twice: readonly (readonly [verb: string, query: string])[] = [
  ['list', 'limit=1&limit=abc'],
  ['list', 'limit=abc&limit=1'],
  ['list', 'resourceVersion=0&resourceVersion=abc'],
  ['watch', 'timeoutSeconds=1&timeoutSeconds=abc'],
  ['create', 'fieldValidation=Strict&fieldValidation=Other'],
  ['create', 'fieldManager=a&fieldManager=b%00'],
  ['create', 'dryRun=All&dryRun=Other'],
  ['delete', 'gracePeriodSeconds=1&gracePeriodSeconds=abc'],
  ['delete', 'propagationPolicy=Background&propagationPolicy=Other'],
  ['list', 'labelSelector=a%3Db&labelSelector=%3D'],
]

const single = table.flatMap(([parameter, names, values]) =>
  names.flatMap((name) =>
    values.map((value) => [name, `${parameter}=${value.includes('%') ? value : encodeURIComponent(value)}`] as const),
  ),
)

/** What a request would say by itself gives way to what is asked of it. */
const withQuery = ({ url, ...request }: FactRequest, query: string): FactRequest => {
  const parameter = query.split('=')[0]
  const own = new RegExp(`(?<=[?&])${parameter}=[^&]*&`)
  const replaced = parameter === 'fieldSelector' || parameter === 'timeoutSeconds' ? url.replace(own, '') : url
  return { ...request, url: replaced + query }
}

export const queries: ReadonlyMap<string, FactRequest> = new Map(
  [...single, ...twice].map(([name, query]) => [`${name} ${query}`, withQuery(verbs[name]!, query)] as const),
)

import { expect, it } from 'vitest'
import { wantsPretty } from '../../../shared/apiserver/represent/negotiate.ts'

/** Unlike other flags, upstream reads this one by strconv.ParseBool. */
const asked: [query: string, agent: string, pretty: boolean][] = [
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((yes): [string, string, boolean] => [`pretty=${yes}`, 'kubectl/v1.35.0', true]),
  ...['0', 'false', 'False', 'FALSE', 'yes', 'tRUE'].map((no): [string, string, boolean] => [`pretty=${no}`, 'curl/8', false]),
  ['pretty=', 'curl/8', true],
  ['', 'curl/8', true],
  ['pretty=', 'kubectl/v1.35.0', false],
]

it.each(asked)('"%s" of %s: %s', (query, agent, pretty) => {
  expect(wantsPretty({ query: new URLSearchParams(query), header: () => agent })).toBe(pretty)
})

import { describe, expect, it } from 'vitest'
import {
  cIdentifier,
  configMapKey,
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  environmentVariableName,
  labelValue,
  pathSegment,
  portName,
  portNumber,
  qualifiedName,
  wildcardDns1123Subdomain,
} from '../../../shared/meta/names.ts'

describe('names', () => {
  it.each([
    [dns1123Label, ['a', '1-a', 'a'.repeat(63)], ['', 'A', '-a', 'a-', 'a.b', 'a_b', 'a'.repeat(64), 'a\n']],
    [dns1123Subdomain, ['a.b-c.1', 'a'.repeat(253)], ['', 'a..b', '.a', 'A', 'a'.repeat(254)]],
    [dns1035Label, ['a-1'], ['1a', '', 'a.b']],
    [wildcardDns1123Subdomain, ['*.a.b'], ['*', '*.*.a', 'a.b']],
    [qualifiedName, ['a', 'A_b.c', 'ex.com/a'], ['', '/a', 'a/', 'a/b/c', 'EX.com/a', '-a', 'a'.repeat(64)]],
    [labelValue, ['', 'a', 'A_1.b'], ['-', 'a b', 'a'.repeat(64), 'ä']],
    [portName, ['http', 'a-1'], ['', '1', 'a--b', '-a', 'A', 'a'.repeat(16)]],
    [environmentVariableName, ['A', '1a', 'a b'], ['', 'a=b', 'ä', 'a\n']],
    [configMapKey, ['a.b', `${'..'.slice(1)}a`], ['', '.', '..', '..a', 'a/b']],
    [cIdentifier, ['_a1'], ['1a', '']],
    [pathSegment, ['system:node'], ['.', '..', 'a/b', '50%']],
  ] as const)('%o', (check, good, bad) => {
    for (const value of good) expect(check(value), value).toEqual([])
    for (const value of bad) expect(check(value), value).not.toEqual([])
  })

  it("finds in upstream's words", () => {
    expect(dns1123Subdomain('A_b')).toEqual([
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ])
    expect(dns1123Label('a.b')).toEqual(['must not contain dots'])
    expect(dns1035Label('1')).toEqual([
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ])
    expect(portNumber(0)).toEqual(['must be between 1 and 65535, inclusive'])
    expect(dns1123Label('web-', true)).toEqual([])
  })
})

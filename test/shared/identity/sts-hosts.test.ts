import { expect, it } from 'vitest'
import { stsHosts } from '../../../shared/identity/ask-sts.ts'

it.each([
  { region: 'eu-west-1', hosts: ['sts.amazonaws.com', 'sts.eu-west-1.amazonaws.com', 'sts-fips.eu-west-1.amazonaws.com'] },
  { region: 'us-gov-west-1', hosts: ['sts.us-gov-west-1.amazonaws.com', 'sts-fips.us-gov-west-1.amazonaws.com'] },
  { region: 'cn-north-1', hosts: ['sts.cn-north-1.amazonaws.com.cn', 'sts-fips.cn-north-1.amazonaws.com.cn'] },
  { region: 'eusc-de-east-1', hosts: ['sts.eusc-de-east-1.amazonaws.eu', 'sts-fips.eusc-de-east-1.amazonaws.eu'] },
  { region: 'us-iso-east-1', hosts: ['sts.us-iso-east-1.c2s.ic.gov', 'sts-fips.us-iso-east-1.c2s.ic.gov'] },
])('STS answers for $region under $hosts, and under no name of another partition', ({ region, hosts }) => {
  expect(stsHosts(region)).toEqual(hosts)
})

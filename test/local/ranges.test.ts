import { describe, expect, it } from 'vitest'
import { addressPlan } from '../../local/addresses.ts'
import { chosenRanges } from '../../local/chosen-ranges.ts'
import { newRecord } from '../../local/data-directory.ts'
import { parseOptions } from '../../local/options.ts'

const options = (...args: string[]) => {
  const parsed = parseOptions(args)
  if (parsed === 'help') throw new Error('help')
  return { ...parsed, dataDir: '/data' }
}
const record = (ranges: { podCidr?: string; serviceCidr?: string }) =>
  newRecord({ runtime: 'docker', nodes: 1, server: 'https://127.0.0.1:6443', kubeconfig: undefined, ...ranges })

it('the whole address plan follows from the two ranges', () => {
  const { nodePodCIDR, ...plan } = addressPlan({ podRange: '172.20.16.0/20', serviceRange: '172.21.0.0/24' })
  expect(plan).toEqual({
    podRange: '172.20.16.0/20',
    serviceRange: '172.21.0.0/24',
    apiServiceAddress: '172.21.0.1',
    clusterDNS: '172.21.0.10',
    apiAddress: '172.20.31.254',
    nodes: 15,
  })
  expect([nodePodCIDR(0), nodePodCIDR(14)]).toEqual(['172.20.16.0/24', '172.20.30.0/24'])
})

describe('a cluster’s ranges', () => {
  const defaults = { podRange: '10.244.0.0/16', serviceRange: '10.96.0.0/16' }
  const other = { podRange: '10.50.0.0/16', serviceRange: '10.51.0.0/16' }
  const flags = ['--pod-cidr', other.podRange, '--service-cidr', other.serviceRange]
  const made = record({ podCidr: other.podRange, serviceCidr: other.serviceRange })

  it('are the flags’, else the defaults', () => {
    expect(chosenRanges(options(), undefined)).toEqual(defaults)
    expect(chosenRanges(options(...flags), undefined)).toEqual(other)
  })

  it('stay those that it was made with', () => {
    expect(chosenRanges(options(), made)).toEqual(other)
    expect(chosenRanges(options(...flags), made)).toEqual(other)
    expect(chosenRanges(options(), record({}))).toEqual(defaults)
  })

  it('can not be changed later', () => {
    expect(() => chosenRanges(options(...flags), record({}))).toThrow(
      'the cluster in /data was made with --pod-cidr 10.244.0.0/16; start it so (or without the flag), or name another --data-dir',
    )
    expect(() => chosenRanges(options('--service-cidr', '10.52.0.0/16'), made)).toThrow(
      'was made with --service-cidr 10.51.0.0/16',
    )
  })

  it('do not overlap', () => {
    expect(() => chosenRanges(options('--pod-cidr', '10.0.0.0/8'), undefined)).toThrow(
      '--pod-cidr 10.0.0.0/8 and --service-cidr 10.96.0.0/16 overlap',
    )
  })
})

it.each([
  ['--pod-cidr', '10.244.0.1/16'],
  ['--pod-cidr', '10.244.0.0/21'],
  ['--pod-cidr', '10.0.0.0/7'],
  ['--pod-cidr', '127.0.0.0/16'],
  ['--pod-cidr', '224.0.0.0/16'],
  ['--pod-cidr', '0.0.0.0/8'],
  ['--pod-cidr', 'fd00::/48'],
  ['--pod-cidr', 'many'],
  ['--service-cidr', '10.96.0.0/25'],
  ['--service-cidr', '10.0.0.0/8'],
  ['--service-cidr', '169.254.0.0/16'],
])('%s %s is refused', (flag, value) => {
  expect(() => parseOptions([flag, value])).toThrow(`${flag}: "${value}" is not an IPv4 range of a /`)
})

import { describe, expect, it } from 'vitest'
import { InvalidConfiguration, readConfiguration } from '../../infra/configuration.ts'

const read = (context: Record<string, unknown>) => readConfiguration((key) => context[key])

describe('the configuration', () => {
  it('has defaults for everything', () => {
    expect(read({})).toEqual({
      clusterName: 'windlass',
      accessEntries: '[]',
      serviceCidr: '10.96.0.0/16',
      podCidr: '10.244.0.0/16',
      vpcCidr: '10.0.0.0/16',
      instanceType: 't4g.medium',
      nodeMinimum: 0,
      nodeMaximum: 10,
      apiMemoryMiB: 200,
      retainData: true,
      alarmEmail: '',
      nodeShell: false,
    })
  })

  it('takes texts of the command line for numbers, flags and lists', () => {
    const entry = { principalArn: 'arn:aws:iam::111122223333:role/Admin', groups: ['system:masters'] }
    const entries = JSON.stringify([entry])
    expect(read({ nodeMaximum: '3', retainData: 'false', accessEntries: entries })).toMatchObject({
      nodeMaximum: 3,
      retainData: false,
      accessEntries: entries,
    })
    expect(read({ accessEntries: [entry] }).accessEntries).toBe(entries)
  })

  it.each([
    [{ clusterName: 'My_Cluster' }, 'clusterName is "My_Cluster"'],
    [{ clusterName: 'a'.repeat(25) }, 'at most 24'],
    [{ nodeMaximum: '1.5' }, 'nodeMaximum is "1.5", but should be a whole number from 1 to 250'],
    [{ nodeMaximum: '' }, 'nodeMaximum is ""'],
    [{ nodeMinimum: 11 }, 'nodeMinimum is 11, but should be at most nodeMaximum, 10'],
    [{ apiMemoryMiB: 128 }, 'a whole number from 160 to 10240'],
    [{ retainData: 'yes' }, 'retainData is "yes", but should be true or false'],
    [{ instanceType: 'large' }, 'instanceType is "large"'],
    [{ alarmEmail: 'me' }, 'alarmEmail is "me"'],
    [{ serviceCidr: '10.96.0.1/16' }, 'its host bits zero'],
    [{ serviceCidr: '10.96.0.0/8' }, 'serviceCidr is "10.96.0.0/8"'],
    [{ vpcCidr: '10.96.0.0/16' }, 'serviceCidr is "10.96.0.0/16", but should be apart from vpcCidr'],
    [{ podCidr: '10.0.0.0/8' }, 'apart from'],
    [{ accessEntries: 'me' }, 'accessEntries is "me"'],
    [{ accessEntries: [{ principalArn: 'me' }] }, 'is not the ARN of an IAM role or user'],
  ])('refuses %j', (context, message) => {
    expect(() => read(context)).toThrow(InvalidConfiguration)
    expect(() => read(context)).toThrow(message)
  })
})

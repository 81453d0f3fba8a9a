import { describe, expect, it } from 'vitest'
import { parseAccessEntries } from '../../../shared/identity/access-entry.ts'

const principalArn = 'arn:aws:iam::111122223333:role/Admin'
const parse = (entry: unknown) => parseAccessEntries(JSON.stringify([entry]))

describe('an access entry', () => {
  it.each([
    [{ principalArn }],
    [{ principalArn, username: 'alice', groups: ['admins', 'system:masters'] }],
    [{ principalArn, username: 'aws:{{SessionName}}' }],
    [{ principalArn, username: 'system:node:{{SessionName}}', groups: ['system:nodes'] }],
  ])('may be %j', (entry) => {
    expect(parse(entry)).toEqual([entry])
  })

  it.each([
    [null, 'is not an object'],
    ['x', 'is not an object'],
    [
      { principalArn, username: 'system:kube-controller-manager' },
      'the user name "system:kube-controller-manager" is the cluster\'s own',
    ],
    [{ principalArn, username: 'system:kube-scheduler' }, "is the cluster's own"],
    [{ principalArn, username: 'system:{{SessionName}}' }, "is the cluster's own"],
    [{ principalArn, username: 'sys{{SessionName}}tem:apiserver' }, "is the cluster's own"],
    [{ principalArn, username: 'system:node:n1', groups: ['system:nodes'] }, "is the cluster's own"],
    [{ principalArn, username: 'system:node:{{SessionName}}' }, "is the cluster's own"],
    [{ principalArn, groups: ['system:nodes'] }, 'the group "system:nodes" is the cluster\'s own'],
    [{ principalArn, groups: ['system:serviceaccounts'] }, "is the cluster's own"],
    [{ principalArn, username: 5 }, '5 is not a user name'],
    [{ principalArn, username: '' }, '"" is not a user name'],
    [{ principalArn, groups: 'system:masters' }, 'groups are a list'],
    [{ principalArn, groups: [5] }, '5 is not a group'],
    [{ principalArn: 5 }, '5 is not the ARN'],
  ])('may not be %j', (entry, message) => {
    expect(() => parse(entry)).toThrow(message)
  })
})

import { describe, expect, it } from 'vitest'
import {
  claimsNamedBy,
  configMapsNamedBy,
  resourceClaimsNamedBy,
  secretsNamedBy,
} from '../../../../shared/resources/core/pod/named-object.ts'
import { nodeSecretsOfVolume } from '../../../../shared/resources/core/volume-secret.ts'
import type { PodSpec } from '../../../../shared/resources/generated/types.ts'
import type { PersistentVolume, Pod } from '../../../../shared/resources/resource.ts'

const container = (more: object) => ({ name: 'c', image: 'i', ...more })
const env = (valueFrom: object) => ({ env: [{ name: 'E', valueFrom }] })
const spec = (more: object): PodSpec => ({ containers: [], ...more }) as PodSpec
const volume = (source: object) => spec({ volumes: [{ name: 'v', ...source }] })
const projected = (...sources: object[]) => volume({ projected: { sources } })
const ref = { secretRef: { name: 's' } }

describe('the Secrets that a pod names', () => {
  it.each<readonly [string, PodSpec]>([
    ['imagePullSecrets', spec({ imagePullSecrets: [{ name: 's' }, {}, { name: '' }] })],
    ...(['containers', 'initContainers', 'ephemeralContainers'] as const).flatMap((list) => [
      [`env of ${list}`, spec({ [list]: [container(env({ secretKeyRef: { name: 's', key: 'k' } }))] })] as const,
      [`envFrom of ${list}`, spec({ [list]: [container({ envFrom: [ref] })] })] as const,
    ]),
    ['a secret volume', volume({ secret: { secretName: 's' } })],
    ['an optional one', volume({ secret: { secretName: 's', optional: true } })],
    ['a projected volume', projected({ secret: { name: 's' } }, { secret: { name: 's' } }, { downwardAPI: {} })],
    ['azureFile', volume({ azureFile: { secretName: 's', shareName: 'x' } })],
    ...['cephfs', 'cinder', 'flexVolume', 'rbd', 'scaleIO', 'iscsi', 'storageos'].map(
      (source) => [source, volume({ [source]: ref })] as const,
    ),
    ['csi', volume({ csi: { driver: 'd', nodePublishSecretRef: { name: 's' } } })],
  ])('are found in %s', (_, pod) => expect(secretsNamedBy(pod)).toEqual(['s']))

  it('are none where there is no name', () =>
    expect(
      secretsNamedBy(spec({ containers: [container({ envFrom: [{ secretRef: {} }] })], volumes: [{ name: 'v', cephfs: {} }] })),
    ).toEqual([]))
})

describe('the ConfigMaps that a pod names', () => {
  it.each<readonly [string, PodSpec]>([
    ...(['containers', 'initContainers', 'ephemeralContainers'] as const).flatMap((list) => [
      [`env of ${list}`, spec({ [list]: [container(env({ configMapKeyRef: { name: 'm', key: 'k' } }))] })] as const,
      [`envFrom of ${list}`, spec({ [list]: [container({ envFrom: [{ configMapRef: { name: 'm' } }] })] })] as const,
    ]),
    ['a volume', volume({ configMap: { name: 'm' } })],
    ['a projected volume', projected({ configMap: { name: 'm' } })],
  ])('are found in %s', (_, pod) => expect(configMapsNamedBy(pod)).toEqual(['m']))
})

describe('the claims of a pod', () => {
  const pod = (podSpec: PodSpec, status: object = {}) => ({ metadata: { name: 'p' }, spec: podSpec, status }) as unknown as Pod

  it('are those that its volumes name, and those made for it', () =>
    expect(
      claimsNamedBy(
        pod(
          spec({
            volumes: [
              { name: 'a', persistentVolumeClaim: { claimName: 'data' } },
              { name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: {} } } },
              { name: 'c', emptyDir: {} },
            ],
          }),
        ),
      ),
    ).toEqual(['data', 'p-scratch']))

  it('of devices are named by the pod, or by its status once they are made', () => {
    const resourceClaims = [
      { name: 'own', resourceClaimName: 'gpu' },
      { name: 'made', resourceClaimTemplateName: 't' },
    ]
    expect(resourceClaimsNamedBy(pod(spec({ resourceClaims })))).toEqual(['gpu'])
    const status = {
      resourceClaimStatuses: [
        { name: 'made', resourceClaimName: 'p-made-x' },
        { name: 'foreign', resourceClaimName: 'y' },
      ],
      extendedResourceClaimStatus: { resourceClaimName: 'extended' },
    }
    expect(resourceClaimsNamedBy(pod(spec({ resourceClaims }), status))).toEqual(['gpu', 'p-made-x', 'extended'])
  })
})

describe('the Secrets that a node needs for a volume', () => {
  const claimRef = { namespace: 'claims', name: 'c' }
  const secretsOf = (source: object) =>
    nodeSecretsOfVolume({ spec: { claimRef, ...source } } as unknown as PersistentVolume).map(
      ({ namespace, name }) => `${namespace}/${name}`,
    )

  it.each(['cephfs', 'flexVolume', 'rbd', 'scaleIO', 'iscsi'])(
    "of %s are in the claim's namespace, or in one that it names",
    (source) => {
      expect(secretsOf({ [source]: ref })).toEqual(['claims/s'])
      expect(secretsOf({ [source]: { secretRef: { name: 's', namespace: 'other' } } })).toEqual(['other/s'])
    },
  )

  it.each([
    [{ azureFile: { secretName: 's', shareName: 'x' } }, ['claims/s']],
    [{ azureFile: { secretName: 's', secretNamespace: 'other', shareName: 'x' } }, ['other/s']],
    [{ cinder: { secretRef: { name: 's', namespace: 'n' } } }, ['n/s']],
    [{ storageos: { secretRef: { name: 's', namespace: 'n' } } }, ['n/s']],
    [
      {
        csi: {
          nodePublishSecretRef: { name: 'publish', namespace: 'n' },
          nodeStageSecretRef: { name: 'stage', namespace: 'n' },
          nodeExpandSecretRef: { name: 'expand', namespace: 'n' },
          controllerPublishSecretRef: { name: 'attach', namespace: 'n' },
          controllerExpandSecretRef: { name: 'grow', namespace: 'n' },
        },
      },
      ['n/publish', 'n/stage', 'n/expand'],
    ],
    [{ hostPath: { path: '/x' } }, []],
  ])('of %j are %j', (source, secrets) => expect(secretsOf(source)).toEqual(secrets))
})

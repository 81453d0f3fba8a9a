import { asTable, creations, namespace, patch, removals, type Said } from './conversation.ts'

const storage = '/apis/storage.k8s.io/v1'
const volumesPath = '/api/v1/persistentvolumes'
const attachmentsPath = `${storage}/volumeattachments`
const spec = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] }
const csi = { driver: 'disk.example.com', volumeHandle: 'h' }
const volume = (source: object, more: object = {}) => ({ spec: { ...spec, ...source, ...more } })
const onCSI = (more: object) => volume({ csi }, more)
const secret = { name: 's', namespace: 'n' }
const terms = (key: string) => ({
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: ['a'] }] }] },
})
const iscsi = { targetPortal: 'p', iqn: 'iqn.2001-04.com.example:x', lun: 0 }

const volumes = {
  nothing: {},
  'an ordinary one': onCSI({}),
  all: onCSI({
    csi: { ...csi, fsType: 'ext4', volumeAttributes: { a: 'b' }, nodeStageSecretRef: secret, controllerPublishSecretRef: secret },
    accessModes: ['ReadWriteMany', 'ReadOnlyMany'],
    persistentVolumeReclaimPolicy: 'Delete',
    storageClassName: 'fast',
    volumeMode: 'Block',
    mountOptions: ['ro'],
    claimRef: { namespace: 'a', name: 'b' },
    nodeAffinity: terms('failure-domain.beta.kubernetes.io/zone'),
    volumeAttributesClassName: 'gold',
  }),
  'a path of the host': volume({ hostPath: { path: '/data' } }),
  'the root recycled': volume({ hostPath: { path: '//' } }, { persistentVolumeReclaimPolicy: 'Recycle' }),
  'a local one': volume({ local: { path: '/data' } }, { nodeAffinity: terms('a') }),
  'a local one anywhere': volume({ local: { path: '/a/../b' } }),
  nfs: volume({ nfs: { server: 's', path: '/p' } }),
  'nfs without all': volume({ nfs: {} }),
  'no source': { spec },
  'two sources': volume({ nfs: { server: 's', path: '/p' }, csi, cephfs: { monitors: ['m'] } }),
  'no modes': onCSI({ accessModes: [] }),
  'another mode': onCSI({ accessModes: ['x'] }),
  'modes that exclude each other': onCSI({ accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'] }),
  'no capacity': onCSI({ capacity: undefined }),
  'another capacity': onCSI({ capacity: { cpu: '1' } }),
  'less than none': onCSI({ capacity: { storage: '-1' } }),
  'none at all': onCSI({ capacity: { storage: '0' } }),
  'another policy': onCSI({ persistentVolumeReclaimPolicy: 'x' }),
  'a wrong class': onCSI({ storageClassName: 'A_b' }),
  'another volume mode': onCSI({ volumeMode: 'x' }),
  'no attributes class': onCSI({ volumeAttributesClassName: '' }),
  'attributes without csi': volume({ nfs: { server: 's', path: '/p' } }, { volumeAttributesClassName: 'x' }),
  'an empty affinity': onCSI({ nodeAffinity: {} }),
  'a wrong affinity': onCSI({ nodeAffinity: { required: { nodeSelectorTerms: [] } } }),
  'a wrong driver': volume({ csi: { driver: 'A_b', volumeHandle: '', nodeExpandSecretRef: { name: 'A_b' } } }),
  iscsi: volume({ iscsi }),
  'iscsi without all': volume({ iscsi: { lun: 300, chapAuthSession: true, initiatorName: 'x' } }),
  'iscsi with a wrong name': volume({ iscsi: { ...iscsi, iqn: 'iqn.x', secretRef: {}, initiatorName: 'eui.0123456789abcdef' } }),
  glusterfs: volume({ glusterfs: { endpoints: 'e', path: 'p', endpointsNamespace: '' } }),
  rbd: volume({ rbd: { monitors: ['m'], image: 'i' } }),
  cephfs: volume({ cephfs: { monitors: [] } }),
  cinder: volume({ cinder: { volumeID: 'v', secretRef: {} } }),
  'an azure file': volume({ azureFile: { secretName: 's', shareName: 's', secretNamespace: '' } }),
  'an azure disk': volume({ azureDisk: { diskName: 'd', diskURI: 'https://x' } }),
  storageos: volume({ storageos: { volumeName: 'A', volumeNamespace: 'B', secretRef: {} } }),
  scaleio: volume({ scaleIO: { gateway: 'g', system: 's', volumeName: 'v', secretRef: secret } }),
  'a disk of GCE': volume({ gcePersistentDisk: { pdName: '', partition: 300 } }),
  'a volume of EC2': volume({ awsElasticBlockStore: { volumeID: 'v' } }),
  'annotations of old': {
    metadata: {
      name: `${namespace}-39`,
      annotations: { 'volume.beta.kubernetes.io/storage-class': 'x', 'volume.beta.kubernetes.io/mount-options': 'ro' },
    },
    ...volume({ nfs: { server: 's', path: '/p' } }),
  },
  'options of old where there are none': {
    metadata: { name: 'facts-old', annotations: { 'volume.beta.kubernetes.io/mount-options': 'ro' } },
    ...onCSI({}),
  },
  'a status': { ...onCSI({}), status: { phase: 'Bound', reason: 'x' } },
  'a name of capitals': { metadata: { name: 'A b' }, ...onCSI({}) },
}

const attachment = (source: object, more: object = {}) => ({
  spec: { attacher: 'disk.example.com', nodeName: 'n', source, ...more },
})
const inline = (more: object) => attachment({ inlineVolumeSpec: { accessModes: ['ReadWriteOnce'], csi, ...more } })
const attachments = {
  nothing: {},
  'an ordinary one': attachment({ persistentVolumeName: 'v' }),
  'an inline one': inline({}),
  'an inline one with all': inline({
    claimRef: { name: 'x' },
    capacity: { storage: '1' },
    persistentVolumeReclaimPolicy: 'Delete',
    nodeAffinity: terms('a'),
    storageClassName: 'x',
    volumeMode: 'Block',
  }),
  'an inline one without csi': attachment({ inlineVolumeSpec: {} }),
  both: attachment({ persistentVolumeName: 'v', inlineVolumeSpec: {} }),
  neither: attachment({}),
  'an empty name': attachment({ persistentVolumeName: '' }),
  'a wrong name of a volume': attachment({ persistentVolumeName: 'A_b' }),
  'a wrong attacher': attachment({ persistentVolumeName: 'v' }, { attacher: 'A_b' }),
  'a wrong node': attachment({ persistentVolumeName: 'v' }, { nodeName: '' }),
  'a status': { ...attachment({ persistentVolumeName: 'v' }), status: { attached: true } },
}

const one = (all: string, index: number) => `${all}/${namespace}-${index}`
const freed = (index: number) =>
  patch(`nothing holds volume ${index}`, one(volumesPath, index), { metadata: { finalizers: null } })
const made = [1, 2, 3, 4, 5, 7, 26, 30, 34, 36, 38, 39, 41]

export const volumesConversation: readonly Said[] = [
  { what: 'discovery of storage', path: storage },
  ...creations(volumesPath, volumes),
  { what: 'a table of a persistentvolume', path: one(volumesPath, 2), accept: asTable },
  { what: 'a table of another', path: one(volumesPath, 1), accept: asTable },
  patch('a secret for growing', one(volumesPath, 1), { spec: { csi: { controllerExpandSecretRef: secret } } }),
  patch('another volume mode of a volume', one(volumesPath, 1), { spec: { volumeMode: 'Block' } }),
  patch('an affinity', one(volumesPath, 1), { spec: { nodeAffinity: terms('beta.kubernetes.io/os') } }),
  patch('a newer label', one(volumesPath, 1), { spec: { nodeAffinity: terms('kubernetes.io/os') } }),
  patch('no attributes any more', one(volumesPath, 2), { spec: { volumeAttributesClassName: null } }),
  patch('wrong twice', one(volumesPath, 1), { spec: { accessModes: [] } }),
  patch('more room', one(volumesPath, 1), { spec: { capacity: { storage: '2Gi' }, claimRef: { name: 'c', namespace: 'd' } } }),
  patch('a phase', `${one(volumesPath, 1)}/status`, {
    status: { phase: 'Bound', message: 'm', reason: 'r' },
    spec: { volumeMode: 'x' },
  }),
  { what: 'a field that is a mistake', path: `${volumesPath}?fieldSelector=name%3Dnone` },
  ...made.map(freed),
  ...removals(volumesPath, volumes),
  ...creations(attachmentsPath, attachments),
  { what: 'a table of a volumeattachment', path: one(attachmentsPath, 1), accept: asTable },
  patch('another node', one(attachmentsPath, 1), { spec: { nodeName: 'm' } }),
  patch('attached', `${one(attachmentsPath, 1)}/status`, {
    metadata: { labels: { a: 'b' } },
    status: { attached: true, attachmentMetadata: { a: 'b' } },
  }),
  patch('errors', `${one(attachmentsPath, 1)}/status`, {
    status: {
      attached: false,
      attachError: { time: '2020-01-01T00:00:00Z', message: 'x'.repeat(1025), errorCode: -1 },
      detachError: { message: 'x', errorCode: 5 },
    },
  }),
  ...removals(attachmentsPath, attachments),
]

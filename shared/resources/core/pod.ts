import { define } from '../definition.ts'
import type { Pod } from '../resource.ts'
import { podColumns } from './pod/columns.ts'
import { defaultPod } from './pod/defaults.ts'
import { ephemeralContainers } from './pod/ephemeral-containers.ts'
import { resize } from './pod/resize.ts'
import { podDeletionGraceSeconds, preparePodForCreate, preparePodForStatusUpdate } from './pod/strategy.ts'
import { validatePod, validatePodCreate } from './pod/validation/pod.ts'
import { validatePodStatusUpdate } from './pod/validation/status.ts'
import { validatePodUpdate } from './pod/validation/update.ts'
import { podWarnings } from './pod/warnings.ts'

export const pod = define<Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Pod',
  rechecksNames: [''],
  hasGeneration: true,
  resetFields: { status: ['spec', 'metadata.deletionTimestamp', 'metadata.ownerReferences'] },
  subresources: {
    status: true,
    others: {
      attach: { kind: 'PodAttachOptions', verbs: ['create', 'get'] },
      binding: { kind: 'Binding', verbs: ['create'] },
      ephemeralcontainers: { kind: 'Pod', verbs: ['get', 'patch', 'update'], update: ephemeralContainers },
      eviction: { kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
      exec: { kind: 'PodExecOptions', verbs: ['create', 'get'] },
      log: { kind: 'Pod', verbs: ['get'], text: true },
      portforward: { kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
      resize: { kind: 'Pod', verbs: ['get', 'patch', 'update'], update: resize },
      proxy: { kind: 'PodProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    },
  },
  default: defaultPod,
  prepareForCreate: preparePodForCreate,
  prepareForStatusUpdate: preparePodForStatusUpdate,
  validate: validatePod,
  validateCreate: validatePodCreate,
  validateUpdate: validatePodUpdate,
  validateStatusUpdate: validatePodStatusUpdate,
  warnings: podWarnings,
  returnsDeleted: true,
  deletionGraceSeconds: podDeletionGraceSeconds,
  fieldSelectors: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.host': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status?.phase ?? '',
    'status.podIP': ({ status }) => status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': ({ status }) => status?.nominatedNodeName ?? '',
  },
  columns: podColumns,
})

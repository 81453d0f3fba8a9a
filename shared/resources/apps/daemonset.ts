import { labelSelectorText, labelsText } from '../../meta/label-selector.ts'
import { age, containerColumns, integer, text, wide } from '../column.ts'
import { defaultPodTemplate } from '../core/pod/defaults.ts'
import { podTemplateWarnings } from '../core/pod/warnings.ts'
import { define } from '../definition.ts'
import type { DaemonSet } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import { annotatedNumber } from './annotated-number.ts'
import { validateDaemonSet, validateDaemonSetStatus, validateDaemonSetUpdate } from './daemonset-validation.ts'

/** Counts changes of the template: a field of versions long gone, which lives on as an annotation. */
const templateGeneration = 'deprecated.daemonset.template.generation'

const defaultDaemonSet = (object: DaemonSet) => {
  annotatedNumber(object, templateGeneration, { kind: 'DaemonSet' })
  const { spec } = object
  spec.updateStrategy ??= {}
  spec.updateStrategy.type ||= 'RollingUpdate'
  if (spec.updateStrategy.type === 'RollingUpdate') {
    const { maxUnavailable = 1, maxSurge = 0 } = spec.updateStrategy.rollingUpdate ?? {}
    spec.updateStrategy.rollingUpdate = { maxUnavailable, maxSurge }
  }
  spec.revisionHistoryLimit ??= 10
  spec.template ??= {}
  defaultPodTemplate(spec.template)
  setGeneration(object, generationOf(object))
}

const generationOf = ({ metadata }: DaemonSet): number => Number(metadata.annotations?.[templateGeneration] ?? 0)

const setGeneration = ({ metadata }: DaemonSet, generation: number) => {
  metadata.annotations = { ...metadata.annotations, [templateGeneration]: String(generation) }
}

export const daemonSet = define<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.DaemonSet',
  hasGeneration: true,
  subresources: { status: true },
  default: defaultDaemonSet,
  prepareForCreate: (object) => {
    delete object.status
    setGeneration(object, Math.max(generationOf(object), 1))
  },
  finishUpdate: (object, old) => {
    const changed = !isEquivalent(object.spec.template, old.spec.template)
    setGeneration(object, generationOf(old) + (changed ? 1 : 0))
  },
  prepareForStatusUpdate: (object, old) => setGeneration(object, generationOf(old)),
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  validatesUpdateFirst: true,
  validateStatusUpdate: validateDaemonSetStatus,
  warnings: ({ spec }, old) =>
    old && isEquivalent(spec.template, old.spec.template) ? [] : podTemplateWarnings('spec.template', spec.template ?? {}),
  columns: [
    integer(
      'Desired',
      'The total number of nodes that should be running the daemon pod (including nodes correctly running the daemon pod). More info: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/',
      ({ status }) => status?.desiredNumberScheduled ?? 0,
    ),
    integer(
      'Current',
      'The number of nodes that are running at least 1 daemon pod and are supposed to run the daemon pod. More info: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/',
      ({ status }) => status?.currentNumberScheduled ?? 0,
    ),
    integer(
      'Ready',
      'The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and ready.',
      ({ status }) => status?.numberReady ?? 0,
    ),
    integer(
      'Up-to-date',
      'The total number of nodes that are running updated daemon pod',
      ({ status }) => status?.updatedNumberScheduled ?? 0,
    ),
    integer(
      'Available',
      'The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and available (ready for at least spec.minReadySeconds)',
      ({ status }) => status?.numberAvailable ?? 0,
    ),
    text(
      'Node Selector',
      "NodeSelector is a selector which must be true for the pod to fit on a node. Selector which must match a node's labels for the pod to be scheduled on that node. More info: https://kubernetes.io/docs/concepts/configuration/assign-pod-node/",
      ({ spec }) => labelsText(spec.template?.spec?.nodeSelector) || '<none>',
    ),
    age,
    ...containerColumns<DaemonSet>(({ spec }) => spec.template?.spec?.containers),
    wide(
      'Selector',
      'A label query over pods that are managed by the daemon set. Must match in order to be controlled. If empty, defaulted to labels on Pod template. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
      ({ spec }) => labelSelectorText(spec.selector) || '<none>',
    ),
  ],
})

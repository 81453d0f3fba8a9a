import type { Container } from '../../resources/generated/types.ts'
import { type Job, jobs, type Pod } from '../../resources/resource.ts'
import { podFromTemplate } from '../replicaset/pod-template.ts'
import { completionIndexName, type IndexFailures, indexFailuresAnnotations } from './completion-index.ts'
import { isTracked, trackingFinalizer } from './tracking.ts'

/** What an index's pod carries. */
export interface PodIndex {
  readonly index: number
  /** undefined: the Job has no limit for each index */
  readonly failures: IndexFailures | undefined
}

/** A pod of the Job's template. */
export const podOf = (job: Job, at?: PodIndex): Pod => {
  const pod = podFromTemplate(job.spec.template, job, jobs)
  const finalizers = isTracked(pod) ? pod.metadata.finalizers : [...(pod.metadata.finalizers ?? []), trackingFinalizer]
  if (!at) return { ...pod, metadata: { ...pod.metadata, finalizers } }
  const index = { [completionIndexName]: String(at.index) }
  const { spec, metadata } = pod
  return {
    ...pod,
    metadata: {
      ...metadata,
      finalizers,
      generateName: indexedPrefix(job.metadata.name, at.index),
      labels: { ...metadata.labels, ...index },
      annotations: { ...metadata.annotations, ...index, ...(at.failures && indexFailuresAnnotations(at.failures)) },
    },
    spec: {
      ...spec,
      hostname: `${job.metadata.name}-${at.index}`,
      containers: spec.containers.map(withIndex),
      ...(spec.initContainers && { initContainers: spec.initContainers.map(withIndex) }),
    },
  }
}

/** of a name that the server makes longer by 5 characters, to 63 */
const longestPrefix = 58

const indexedPrefix = (name: string, index: number): string => {
  const suffix = `-${index}-`
  return name.slice(0, longestPrefix - suffix.length) + suffix
}

const variable = 'JOB_COMPLETION_INDEX'

const withIndex = (container: Container): Container =>
  container.env?.some(({ name }) => name === variable)
    ? container
    : {
        ...container,
        env: [
          ...(container.env ?? []),
          { name: variable, valueFrom: { fieldRef: { fieldPath: `metadata.labels['${completionIndexName}']` } } },
        ],
      }

import type { ContainerSpec, PodIdentity, SandboxSpec } from '../runtime.ts'

const prefix = 'windlass.dev/'

/** Tells the containers of one cluster's node from all others on the engine. */
export interface Owner {
  readonly nodeName: string
  /** two clusters on one engine may have nodes of the same name */
  readonly dataDir: string
}

export const ownerLabels = ({ nodeName, dataDir }: Owner): Record<string, string> => ({
  [`${prefix}node`]: nodeName,
  [`${prefix}data-dir`]: dataDir,
})

/** A filter of the engine's API that selects what is the owner's. */
export const ownerFilter = (owner: Owner): string[] => Object.entries(ownerLabels(owner)).map(([key, value]) => `${key}=${value}`)

const podLabels = ({ uid, namespace, name }: PodIdentity) => ({
  [`${prefix}pod-uid`]: uid,
  [`${prefix}pod-namespace`]: namespace,
  [`${prefix}pod-name`]: name,
})

export const sandboxLabels = (owner: Owner, spec: SandboxSpec): Record<string, string> => ({
  ...ownerLabels(owner),
  ...podLabels(spec.pod),
  [`${prefix}type`]: 'sandbox',
  [`${prefix}attempt`]: String(spec.attempt),
  [`${prefix}grace`]: String(spec.terminationGraceSeconds),
})

export const containerLabels = (owner: Owner, spec: ContainerSpec): Record<string, string> => ({
  ...ownerLabels(owner),
  ...podLabels(spec.pod),
  [`${prefix}type`]: 'container',
  [`${prefix}sandbox`]: spec.sandboxId,
  [`${prefix}container`]: spec.name,
  [`${prefix}restart-count`]: String(spec.restartCount),
  [`${prefix}hash`]: spec.hash,
  [`${prefix}image`]: spec.image,
  [`${prefix}image-id`]: spec.imageID,
  [`${prefix}grace`]: String(spec.terminationGraceSeconds),
  ...(spec.terminationMessageFile ? { [`${prefix}termination-message`]: spec.terminationMessageFile } : {}),
})

export interface ReadLabels {
  readonly type: string
  readonly pod: PodIdentity
  readonly number: (key: 'attempt' | 'restart-count' | 'grace', fallback: number) => number
  readonly text: (key: 'sandbox' | 'container' | 'hash' | 'image' | 'image-id' | 'termination-message') => string
}

export const readLabels = (labels: Readonly<Record<string, string>>): ReadLabels => {
  const text = (key: string) => labels[prefix + key] ?? ''
  return {
    type: text('type'),
    pod: { uid: text('pod-uid'), namespace: text('pod-namespace'), name: text('pod-name') },
    number: (key, fallback) => (text(key) === '' ? fallback : Number(text(key))),
    text,
  }
}

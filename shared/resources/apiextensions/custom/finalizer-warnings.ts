import { qualifiedName } from '../../../meta/names.ts'
import type { KubeObject } from '../../../meta/object.ts'

const standard = ['kubernetes', 'orphan', 'foregroundDeletion']

/** Finalizers of others should carry their domain and a path. */
export const finalizerWarnings = ({ metadata }: KubeObject, old: KubeObject | undefined): string[] => {
  const before = new Set(old?.metadata.finalizers)
  const added = [...new Set(metadata.finalizers)].filter((name) => !before.has(name)).sort()
  return added.flatMap((name) => {
    const at = `metadata.finalizers: ${JSON.stringify(name)}`
    const found = qualifiedName(name).map((text) => `${at}: ${text}`)
    if (name.includes('/') || standard.includes(name)) return found
    const path = name.includes('.') ? ' including a path (/)' : ''
    const why = `prefer a domain-qualified finalizer name${path} to avoid accidental conflicts with other finalizer writers`
    return [...found, `${at}: ${why}`]
  })
}

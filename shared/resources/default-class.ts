import type { KubeObject } from '../meta/object.ts'

/** Of the classes that are marked as everybody's the newest; of those of one second the first by name. */
export const defaultClass = <T extends KubeObject>(classes: readonly T[], annotations: readonly string[]): T | undefined =>
  classes
    .filter(({ metadata }) => annotations.some((name) => metadata.annotations?.[name] === 'true'))
    .sort((a, b) => madeMs(b) - madeMs(a) || (a.metadata.name < b.metadata.name ? -1 : 1))[0]

const madeMs = ({ metadata }: KubeObject) => Date.parse(metadata.creationTimestamp ?? '')

import { type FieldError, invalidValue } from '../../../meta/field-error.ts'

const levels = ['privileged', 'baseline', 'restricted'] as const
export type Level = (typeof levels)[number]

/** What a mode asks for: `restricted:v1.28`. */
export interface LevelVersion {
  readonly level: Level
  /** the minor version; Infinity: the latest */
  readonly version: number
}

export interface Policy {
  readonly enforce: LevelVersion
  readonly audit: LevelVersion
  readonly warn: LevelVersion
}

export const labelPrefix = 'pod-security.kubernetes.io/'
const latest = Number.POSITIVE_INFINITY
export const privileged: LevelVersion = { level: 'privileged', version: latest }

export const textOf = ({ level, version }: LevelVersion): string => `${level}:${version === latest ? 'latest' : `v1.${version}`}`

export const sameLevelVersion = (a: LevelVersion, b: LevelVersion): boolean => a.level === b.level && a.version === b.version

export const isStricter = (a: Level, b: Level): boolean => levels.indexOf(a) > levels.indexOf(b)

export const isFullyPrivileged = ({ enforce, audit, warn }: Policy): boolean =>
  [enforce, audit, warn].every(({ level }) => level === 'privileged')

type Labels = Readonly<Record<string, string>>

export interface ReadPolicy {
  readonly policy: Policy
  readonly errors: readonly FieldError[]
}

/** Labels of a cached namespace are read once for each time that it changes. */
const known = new WeakMap<Labels, ReadPolicy>()

/** What a namespace's labels say; where one can't be read, enforcing is as strict as can be, and the other modes let everything through. */
export const policyOf = (labels: Labels = {}): ReadPolicy => {
  const found = known.get(labels) ?? read(labels)
  known.set(labels, found)
  return found
}

const read = (labels: Labels): ReadPolicy => {
  const errors: FieldError[] = []
  const note = (name: string, detail: string) =>
    errors.push(invalidValue(`metadata.labels[${labelPrefix}${name}]`, labels[labelPrefix + name], detail))
  const levelOf = (mode: string, fallback: Level): Level => {
    const text = labels[labelPrefix + mode]
    if (text === undefined) return 'privileged'
    const level = levels.find((one) => one === text)
    if (!level) note(mode, `must be one of ${levels.join(', ')}`)
    return level ?? fallback
  }
  const versionOf = (mode: string): number => {
    const text = labels[`${labelPrefix}${mode}-version`]
    if (text === undefined || text === 'latest') return latest
    const minor = /^v1\.([0-9]|[1-9][0-9]*)$/.exec(text)?.[1]
    if (minor === undefined) note(`${mode}-version`, 'must be "latest" or "v1.x"')
    return minor === undefined ? latest : Number(minor)
  }
  const modeOf = (mode: string, fallback: Level): LevelVersion => ({ level: levelOf(mode, fallback), version: versionOf(mode) })
  const enforce = modeOf('enforce', 'restricted')
  const isEnforceKnown = errors.every(({ field }) => field !== `metadata.labels[${labelPrefix}enforce]`)
  const audit = modeOf('audit', 'privileged')
  const warn = modeOf('warn', 'privileged')
  // Who says what is enforced, and nothing of warnings, is warned of the same.
  const follows = labels[`${labelPrefix}warn`] === undefined && isEnforceKnown && isStricter(enforce.level, warn.level)
  const version = labels[`${labelPrefix}warn-version`] === undefined ? enforce.version : warn.version
  return { policy: { enforce, audit, warn: follows ? { level: enforce.level, version } : warn }, errors }
}

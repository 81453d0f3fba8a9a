import { StoreUnavailable } from './store.ts'

/** The version that this program writes, and how older ones become it. `Data` is what a driver gives a step, `Done` what that gives back. */
export interface StoreFormat<Data, Done = void> {
  readonly version: number
  /** One a version, up to the one before `version`; a store older than the first is refused. */
  readonly upgrades: readonly FormatUpgrade<Data, Done>[]
}

interface FormatUpgrade<Data, Done> {
  /** makes `from + 1` of it */
  readonly from: number
  /** Must bear being run again on data that it had upgraded in part or whole. */
  run(data: Data): Done
}

const prefix = 'windlass store '

export const formatName = (version: number): string => `${prefix}${version}`

/** The steps from what stands in a store to this program's version. Throws when there is no way. `where` names the store. */
export const upgradesFrom = <Data, Done>(options: {
  found: string
  format: StoreFormat<Data, Done>
  where: string
}): readonly FormatUpgrade<Data, Done>[] => {
  const { found, format, where } = options
  const wanted = formatName(format.version)
  const version = found.startsWith(prefix) ? Number(found.slice(prefix.length)) : Number.NaN
  const refuse = (why: string) => {
    throw new StoreUnavailable(`${where} holds "${found.slice(0, 60)}", this version reads "${wanted}": ${why}`)
  }
  if (!Number.isSafeInteger(version) || version < 1) return refuse('it is no store of ours, name another')
  if (version > format.version) return refuse('start the newer version that made it, or restore an older backup')
  const steps = format.upgrades.filter(({ from }) => from >= version).toSorted((a, b) => a.from - b.from)
  const complete = steps.length === format.version - version && steps.every(({ from }, i) => from === version + i)
  return complete ? steps : refuse('it is too old, let a version between the two upgrade it first')
}

import type { Volume, VolumeProjection } from '../../generated/types.ts'

/** A file of a volume and, in a projected one, where it comes from. */
interface File {
  readonly path: string
  readonly source: string
}

/** Files of a volume that hide each other. */
export const volumeWarnings = (volume: Volume): string[] => {
  const { name, configMap, secret, downwardAPI, projected } = volume
  const overlapping = (description: string, files: readonly File[]) =>
    overlaps(files).map((body) => `volume ${JSON.stringify(name)} (${description}): overlapping paths: ${body}`)
  return [
    ...overlapping(`ConfigMap ${JSON.stringify(configMap?.name)}`, filesOf(configMap?.items, '')),
    ...overlapping(`Secret ${JSON.stringify(secret?.secretName)}`, filesOf(secret?.items, '')),
    ...overlapping('DownwardAPI', filesOf(downwardAPI?.items, '')),
    ...(projected?.sources ?? [])
      .filter((source) => Object.values(source).every((value) => value === undefined))
      .map(() => `volume ${JSON.stringify(name)} (Projected) has no sources provided`),
    ...overlapping('Projected', (projected?.sources ?? []).flatMap(projectedFiles)),
  ]
}

const filesOf = (items: readonly { path: string }[] | undefined, source: string): File[] =>
  (items ?? []).map(({ path = '' }) => ({ path, source }))

const projectedFiles = ({ configMap, secret, downwardAPI, serviceAccountToken }: VolumeProjection): File[] => [
  ...filesOf(configMap?.items, `ConfigMap ${JSON.stringify(configMap?.name)}`),
  ...filesOf(secret?.items, `Secret ${JSON.stringify(secret?.name)}`),
  ...filesOf(downwardAPI?.items, 'DownwardAPI'),
  ...(serviceAccountToken ? filesOf([serviceAccountToken], 'ServiceAccountToken') : []),
]

const overlaps = (files: readonly File[]): string[] => {
  const trimmed = files.map(({ path, source }) => ({ path: path.replace(/\/+$/, ''), source })).filter(({ path }) => path !== '')
  return trimmed.flatMap((file, index) =>
    trimmed
      .slice(0, index)
      .filter((other) => `${other.path}/`.startsWith(`${file.path}/`) || `${file.path}/`.startsWith(`${other.path}/`))
      .map((other) => `${text(file)} with ${text(other)}`),
  )
}

const text = ({ path, source }: File) => (source ? `${JSON.stringify(path)} (${source})` : JSON.stringify(path))

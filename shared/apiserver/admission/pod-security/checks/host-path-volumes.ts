import { type Check, type Checked, plural, quoted } from '../check.ts'

const check = ({ spec }: Checked) => {
  const bad = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name)
  return bad.length > 0
    ? { reason: 'hostPath volumes', detail: `${plural(bad.length, 'volume', 'volumes')} ${quoted(bad)}` }
    : undefined
}

/** HostPath volumes must be forbidden. */
export const hostPathVolumes: Check = { id: 'hostPathVolumes', level: 'baseline', versions: [{ from: 0, check }] }

import { type Check, type Checked, containersOf, containersText, namesOf, quoted, sorted, unlessWindows } from '../check.ts'
import { capabilitiesBaseline } from './capabilities-baseline.ts'

const check = ({ spec }: Checked) => {
  const missing = namesOf(spec, ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'))
  const adding = containersOf(spec)
    .map(({ name, securityContext }) => ({
      name,
      added: (securityContext?.capabilities?.add ?? []).filter((one) => one !== 'NET_BIND_SERVICE'),
    }))
    .filter(({ added }) => added.length > 0)
  const details = [
    ...(missing.length > 0 ? [`${containersText(missing)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0
      ? [
          `${containersText(adding.map(({ name }) => name))} must not include ${quoted(sorted(adding.flatMap(({ added }) => added)))} in securityContext.capabilities.add`,
        ]
      : []),
  ]
  return details.length > 0 ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined
}

const overrides = [capabilitiesBaseline.id]

/** Containers must drop ALL capabilities, and may only add NET_BIND_SERVICE. */
export const capabilitiesRestricted: Check = {
  id: 'capabilities_restricted',
  level: 'restricted',
  versions: [
    { from: 22, check, overrides },
    { from: 25, check: unlessWindows(check), overrides },
  ],
}

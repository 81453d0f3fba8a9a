import { type Check, type Checked, namesOf, settersText } from '../check.ts'

const check = ({ spec }: Checked) => {
  const setters = settersText(
    spec.securityContext?.windowsOptions?.hostProcess === true,
    namesOf(spec, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true),
  )
  return setters === ''
    ? undefined
    : { reason: 'hostProcess', detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true` }
}

/** Windows pods offer the ability to run HostProcess containers, which enables privileged access to the Windows node. */
export const windowsHostProcess: Check = { id: 'windowsHostProcess', level: 'baseline', versions: [{ from: 0, check }] }

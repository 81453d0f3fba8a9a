import type { SELinuxOptions } from '../../../../resources/generated/types.ts'
import { type Check, type Checked, containersOf, plural, quoted, settersText, sorted } from '../check.ts'

const check =
  (types: readonly string[]) =>
  ({ spec }: Checked) => {
    const isBad = (options: SELinuxOptions | undefined): options is SELinuxOptions =>
      options !== undefined && (!types.includes(options.type ?? '') || Boolean(options.user || options.role))
    const ofPod = spec.securityContext?.seLinuxOptions
    const bad = containersOf(spec).filter(({ securityContext }) => isBad(securityContext?.seLinuxOptions))
    const options = [ofPod, ...bad.map(({ securityContext }) => securityContext?.seLinuxOptions)].filter(isBad)
    if (options.length === 0) return undefined
    const badTypes = sorted(options.map(({ type = '' }) => type).filter((type) => !types.includes(type)))
    const said = [
      ...(badTypes.length > 0 ? [`${plural(badTypes.length, 'type', 'types')} ${quoted(badTypes)}`] : []),
      ...(options.some(({ user }) => user) ? ['user may not be set'] : []),
      ...(options.some(({ role }) => role) ? ['role may not be set'] : []),
    ]
    const setters = settersText(
      isBad(ofPod),
      bad.map(({ name }) => name),
    )
    return {
      reason: 'seLinuxOptions',
      detail: `${setters} set forbidden securityContext.seLinuxOptions: ${said.join('; ')}`,
    }
  }

const types = ['', 'container_t', 'container_init_t', 'container_kvm_t']

/** Setting the SELinux type is restricted, and setting a custom SELinux user or role option is forbidden. */
export const seLinuxOptions: Check = {
  id: 'seLinuxOptions',
  level: 'baseline',
  versions: [
    { from: 0, check: check(types) },
    { from: 31, check: check([...types, 'container_engine_t']) },
  ],
}

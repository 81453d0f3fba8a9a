import { forbidden } from '../../meta/status.ts'
import type { Service } from '../../resources/resource.ts'
import type { AdmissionPlugin } from './admission.ts'
import { isMain } from './of-kind.ts'

/**
 * Upstream's plugin of the same name, which is off there: who may write a Service could otherwise take any address for it, and with it
 * the traffic of others (CVE-2020-8554). Those that a Service has it may keep or give up.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#denyserviceexternalips
 */
export const denyServiceExternalIPs: AdmissionPlugin = {
  name: 'DenyServiceExternalIPs',
  validate: (attributes) => {
    if (attributes.operation === 'DELETE' || !isMain(attributes, '', 'services')) return
    const before = new Set((attributes.oldObject as Service | undefined)?.spec.externalIPs ?? [])
    const { spec, metadata } = attributes.object as Service
    if ((spec.externalIPs ?? []).every((ip) => before.has(ip))) return
    throw forbidden('', 'services', metadata.name, 'Use of external IPs is denied by admission control')
  },
}

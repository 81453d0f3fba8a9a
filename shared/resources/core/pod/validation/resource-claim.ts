import { duplicateValue, type FieldError, invalidValue } from '../../../../meta/field-error.ts'
import { dns1123Label, dns1123Subdomain } from '../../../../meta/names.ts'
import type { PodResourceClaim } from '../../../generated/types.ts'
import { checked, createSeen, each, requiredChecked } from '../../../validation/value.ts'

export const validateResourceClaims = (path: string, claims: readonly PodResourceClaim[] | undefined): FieldError[] => {
  const seen = createSeen()
  return each(path, claims, (claimPath, claim) => {
    const { name, resourceClaimName, resourceClaimTemplateName } = claim
    const shown = {
      Name: name ?? '',
      ResourceClaimName: resourceClaimName ?? null,
      ResourceClaimTemplateName: resourceClaimTemplateName ?? null,
    }
    const count = [resourceClaimName, resourceClaimTemplateName].filter((value) => value !== undefined).length
    return [
      ...requiredChecked(`${claimPath}.name`, name, dns1123Label),
      ...(name && seen(name) ? [duplicateValue(`${claimPath}.name`, name)] : []),
      ...(count === 2
        ? [invalidValue(claimPath, shown, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified')]
        : []),
      ...(count === 0
        ? [invalidValue(claimPath, shown, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`')]
        : []),
      ...(resourceClaimName === undefined
        ? []
        : checked(`${claimPath}.resourceClaimName`, resourceClaimName, (value) => dns1123Subdomain(value))),
      ...(resourceClaimTemplateName === undefined
        ? []
        : checked(`${claimPath}.resourceClaimTemplateName`, resourceClaimTemplateName, (value) => dns1123Subdomain(value))),
    ]
  })
}

import type {
  AllocationResult,
  DeviceRequest,
  DeviceSelector,
  ExactDeviceRequest,
  OpaqueDeviceConfiguration,
  ResourceClaimSpec,
} from '../generated/types.ts'
import { termsAsGo } from './node-selector-as-go.ts'

/** What a claim asks for, with upstream's own names of the fields, as its messages show it. */
export const claimAsGo = ({ devices }: Partial<ResourceClaimSpec>) => ({
  Devices: {
    Requests: listAsGo(devices?.requests, requestAsGo),
    Constraints: listAsGo(devices?.constraints, ({ requests, matchAttribute }) => ({
      Requests: requests ?? null,
      MatchAttribute: matchAttribute ?? null,
      DistinctAttribute: null,
    })),
    Config: listAsGo(devices?.config, ({ requests, opaque }) => ({
      Requests: requests ?? null,
      ...configurationAsGo(opaque),
    })),
  },
})

const listAsGo = <T>(values: readonly T[] | null | undefined, asGo: (value: T) => object) => values?.map(asGo) ?? null

const requestAsGo = ({ name, exactly, firstAvailable }: DeviceRequest) => ({
  Name: name,
  Exactly: exactly
    ? {
        DeviceClassName: exactly.deviceClassName,
        ...selectionAsGo(exactly),
        AdminAccess: exactly.adminAccess ?? null,
        ...disabled,
      }
    : null,
  FirstAvailable: listAsGo(firstAvailable, (sub) => ({
    Name: sub.name,
    DeviceClassName: sub.deviceClassName,
    ...selectionAsGo(sub),
    ...disabled,
  })),
})

const configurationAsGo = (opaque: OpaqueDeviceConfiguration | undefined) => ({
  Opaque: opaque ? { Driver: opaque.driver, Parameters: opaque.parameters } : null,
})

const disabled = { Tolerations: null, Capacity: null }

const selectionAsGo = ({
  selectors,
  allocationMode,
  count,
}: Pick<ExactDeviceRequest, 'selectors' | 'allocationMode' | 'count'>) => ({
  Selectors: listAsGo(selectors, ({ cel }: DeviceSelector) => ({ CEL: cel ? { Expression: cel.expression } : null })),
  AllocationMode: allocationMode,
  Count: count ?? 0,
})

export const allocationAsGo = ({ devices, nodeSelector, allocationTimestamp }: AllocationResult) => ({
  Devices: {
    Results: listAsGo(devices?.results, ({ request, driver, pool, device, adminAccess, tolerations }) => ({
      Request: request,
      Driver: driver,
      Pool: pool,
      Device: device,
      AdminAccess: adminAccess ?? null,
      Tolerations: listAsGo(tolerations, ({ key = '', operator = '', value = '', effect = '', tolerationSeconds }) => ({
        Key: key,
        Operator: operator,
        Value: value,
        Effect: effect,
        TolerationSeconds: tolerationSeconds ?? null,
      })),
      BindingConditions: null,
      BindingFailureConditions: null,
      ShareID: null,
      ConsumedCapacity: null,
    })),
    Config: listAsGo(devices?.config, ({ source, requests, opaque }) => ({
      Source: source,
      Requests: requests ?? null,
      ...configurationAsGo(opaque),
    })),
  },
  NodeSelector: nodeSelector ? { NodeSelectorTerms: termsAsGo(nodeSelector.nodeSelectorTerms) } : null,
  AllocationTimestamp: allocationTimestamp ?? null,
})

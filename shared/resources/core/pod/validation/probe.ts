import { type FieldError, forbiddenField, invalidValue, requiredValue } from '../../../../meta/field-error.ts'
import { httpHeaderName } from '../../../../meta/names.ts'
import type { HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../../../generated/types.ts'
import { portNumberOrName } from '../../../validation/port.ts'
import { checked, nonNegative, oneOf, required } from '../../../validation/value.ts'

/** How long the pod may take to end. */
type Grace = number | undefined

type Handlers = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<LifecycleHandler, 'sleep'>

const httpGet = (path: string, action: HTTPGetAction): FieldError[] => [
  ...required(`${path}.path`, action.path),
  ...portNumberOrName(`${path}.port`, action.port),
  ...oneOf(`${path}.scheme`, action.scheme, ['HTTP', 'HTTPS']),
  ...(action.httpHeaders ?? []).flatMap(({ name }) => checked(`${path}.httpHeaders`, name, httpHeaderName)),
]

const sleep = (path: string, seconds: number, grace: Grace): FieldError[] =>
  grace !== undefined && (seconds < 0 || seconds > grace)
    ? [invalidValue(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`)]
    : []

/** Exactly one handler; those behind the first are only refused. */
const validateHandler = (path: string, handlers: Handlers, grace: Grace): FieldError[] => {
  const { exec, httpGet: http, tcpSocket, grpc } = handlers
  const given = [
    exec && { name: 'exec', errors: () => required(`${path}.exec.command`, exec.command ?? []) },
    http && { name: 'httpGet', errors: () => httpGet(`${path}.httpGet`, http) },
    tcpSocket && { name: 'tcpSocket', errors: () => portNumberOrName(`${path}.tcpSocket.port`, tcpSocket.port) },
    grpc && { name: 'grpc', errors: () => portNumberOrName(`${path}.grpc.port`, grpc.port) },
    handlers.sleep && { name: 'sleep', errors: () => sleep(`${path}.sleep`, handlers.sleep?.seconds ?? 0, grace) },
  ].filter((handler) => handler !== undefined)
  const [first, ...rest] = given
  if (!first) return [requiredValue(path, 'must specify a handler type')]
  return [
    ...first.errors(),
    ...rest.map(({ name }) => forbiddenField(`${path}.${name}`, 'may not specify more than 1 handler type')),
  ]
}

const validateProbe = (path: string, probe: Probe, grace: Grace): FieldError[] => [
  ...validateHandler(path, probe, grace),
  ...nonNegative(`${path}.initialDelaySeconds`, probe.initialDelaySeconds),
  ...nonNegative(`${path}.timeoutSeconds`, probe.timeoutSeconds),
  ...nonNegative(`${path}.periodSeconds`, probe.periodSeconds),
  ...nonNegative(`${path}.successThreshold`, probe.successThreshold),
  ...nonNegative(`${path}.failureThreshold`, probe.failureThreshold),
  ...(probe.terminationGracePeriodSeconds !== undefined && probe.terminationGracePeriodSeconds <= 0
    ? [invalidValue(`${path}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, 'must be greater than 0')]
    : []),
]

const oneSuccess = (path: string, { successThreshold }: Probe): FieldError[] =>
  successThreshold === 1 ? [] : [invalidValue(`${path}.successThreshold`, successThreshold ?? 0, 'must be 1')]

export interface Probed {
  readonly livenessProbe?: Probe | undefined
  readonly readinessProbe?: Probe | undefined
  readonly startupProbe?: Probe | undefined
}

export const validateProbes = (path: string, probed: Probed, grace: Grace): FieldError[] => {
  const { livenessProbe, readinessProbe, startupProbe } = probed
  const [live, ready, started] = [`${path}.livenessProbe`, `${path}.readinessProbe`, `${path}.startupProbe`] as const
  return [
    ...(livenessProbe ? [...validateProbe(live, livenessProbe, grace), ...oneSuccess(live, livenessProbe)] : []),
    ...(readinessProbe ? validateProbe(ready, readinessProbe, grace) : []),
    ...(readinessProbe?.terminationGracePeriodSeconds === undefined
      ? []
      : [
          invalidValue(
            `${ready}.terminationGracePeriodSeconds`,
            readinessProbe.terminationGracePeriodSeconds,
            'must not be set for readinessProbes',
          ),
        ]),
    ...(startupProbe ? [...validateProbe(started, startupProbe, grace), ...oneSuccess(started, startupProbe)] : []),
  ]
}

export const validateLifecycle = (path: string, { postStart, preStop }: Lifecycle, grace: Grace): FieldError[] => [
  ...(postStart ? validateHandler(`${path}.postStart`, postStart, grace) : []),
  ...(preStop ? validateHandler(`${path}.preStop`, preStop, grace) : []),
]

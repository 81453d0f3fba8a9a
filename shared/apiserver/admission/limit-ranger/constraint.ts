import { parseQuantity } from '../../../meta/quantity.ts'

/** One bound of a LimitRange and what is asked for of that resource. */
export interface Bounded {
  /** `Container`, `Pod`, `PersistentVolumeClaim` */
  readonly type: string
  readonly name: string
  readonly bound: string
  readonly request: string | undefined
  readonly limit: string | undefined
}

export const belowMin = ({ type, name, bound, request, limit }: Bounded): string | undefined => {
  const least = `minimum ${name} usage per ${type} is ${bound}`
  if (request === undefined) return `${least}.  No request is specified`
  const [requested, limited, enforced] = comparable(request, limit, bound)
  if (requested < enforced) return `${least}, but request is ${request}`
  return limit !== undefined && limited < enforced ? `${least}, but limit is ${limit}` : undefined
}

export const overMax = ({ type, name, bound, request, limit }: Bounded): string | undefined => {
  const most = `maximum ${name} usage per ${type} is ${bound}`
  if (limit === undefined) return `${most}.  No limit is specified`
  const [requested, limited, enforced] = comparable(request, limit, bound)
  if (limited > enforced) return `${most}, but limit is ${limit}`
  return request !== undefined && requested > enforced ? `${most}, but request is ${request}` : undefined
}

/** Of what has no limits. */
export const overMaxRequest = ({ type, name, bound, request }: Bounded): string | undefined => {
  const most = `maximum ${name} usage per ${type} is ${bound}`
  if (request === undefined) return `${most}.  No request is specified`
  const [requested, , enforced] = comparable(request, undefined, bound)
  return requested > enforced ? `${most}, but request is ${request}` : undefined
}

export const overRatio = ({ type, name, bound, request, limit }: Bounded): string | undefined => {
  const most = `${name} max limit to request ratio per ${type} is ${bound}`
  const [requested, limited] = comparable(request, limit, bound)
  if (requested === 0n) return `${most}, but no request is specified or request is 0`
  if (limited === 0n) return `${most}, but no limit is specified or limit is 0`
  const ratio = Number(limited) / Number(requested)
  return ratio * 1000 > Number(roundedUp(bound, milli)) ? `${most}, but provided ratio is ${ratio.toFixed(6)}` : undefined
}

const unit = 1_000_000_000n
const milli = 1_000_000n
/** beyond it an amount in thousandths is too large for upstream, which then compares whole units */
const maxMilliValue = (2n ** 63n - 1n) / 1000n

const roundedUp = (text: string | undefined, nano: bigint): bigint =>
  text === undefined ? 0n : (parseQuantity(text).nano + nano - 1n) / nano

/** At one precision: thousandths where all of them can be said so. */
const comparable = (...texts: readonly (string | undefined)[]): [bigint, bigint, bigint] => {
  const whole = texts.map((text) => roundedUp(text, unit))
  const fine = whole.every((value) => value <= maxMilliValue)
  return (fine ? texts.map((text) => roundedUp(text, milli)) : whole) as [bigint, bigint, bigint]
}

import { type LabelSelector, labelSelectorText } from '../../meta/label-selector.ts'
import { ApiError } from '../../meta/status.ts'
import { MetricFailure } from './samples.ts'

/** A selector as Go prints it with its fields: names of metrics have it in them. */
export const selectorAsGo = (selector: LabelSelector | undefined): string => {
  if (selector === undefined) return 'nil'
  const labels = Object.entries(selector.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const matchLabels = labels.map(([key, value]) => `${key}: ${value},`).join('')
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  )
  return `&LabelSelector{MatchLabels:map[string]string{${matchLabels}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
}

/** In the form of a query. Throws MetricFailure for one that is none. */
export const selectorOfMetric = (selector: LabelSelector | undefined): string => {
  try {
    return labelSelectorText(selector)
  } catch (error) {
    throw error instanceof ApiError ? new MetricFailure(error.message) : error
  }
}

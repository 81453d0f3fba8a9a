/**
 * On a node: the range of addresses that its agent uses for pods, or used before its object was deleted. Nodes only ask; the control
 * plane gives.
 */
export const podRangeAnnotation = 'windlass.dev/pod-cidr'

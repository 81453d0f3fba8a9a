/** As upstream calls it, without `-controller`. */
export const autoscalerController = 'horizontal-pod-autoscaler'

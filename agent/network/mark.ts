/** Packets that carry this bit leave towards a pod with the node's own address as source. The bit that kube-proxy uses. */
export const masqueradeMark = '0x4000'

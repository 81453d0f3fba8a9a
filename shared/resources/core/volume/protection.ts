/** What holds an object that is in use: its admission plugin puts it there, a controller takes it away when nothing uses the object. */
export const protectionFinalizers = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
  volumeattributesclasses: 'kubernetes.io/vac-protection',
} as const

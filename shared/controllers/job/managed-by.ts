import type { Job } from '../../resources/resource.ts'

export const isManagedByOthers = ({ spec }: Job): boolean =>
  spec.managedBy !== undefined && spec.managedBy !== 'kubernetes.io/job-controller'

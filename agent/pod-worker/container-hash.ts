import { createHash } from 'node:crypto'
import type { Container } from '../../shared/resources/generated/types.ts'

/** Of what a running container is restarted for when it changes: only its image can be changed in a pod's spec. */
export const containerHash = ({ name, image }: Container): string =>
  createHash('sha256')
    .update(JSON.stringify([name, image]))
    .digest('hex')
    .slice(0, 16)

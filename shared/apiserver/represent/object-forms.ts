import type { ResourceContext } from '../context.ts'
import { objectForms, reviewForms } from './negotiate.ts'

/** In which forms an object, or one of its subresources that are the object itself, is answered. */
export const formsOf = ({ definition, info }: Pick<ResourceContext, 'definition' | 'info'>): ReadonlySet<string> =>
  info.subresource === 'status' && definition.subresources?.status === 'without table' ? reviewForms : objectForms

import { jsonEqual } from '../../../meta/json-equal.ts'
import {
  isDirectoryUnwanted,
  localDirectory,
  madeAnnotation,
  nodeOfDirectory,
} from '../../../resources/core/volume/local-directory.ts'
import type { PersistentVolume } from '../../../resources/resource.ts'
import { type Check, refuse } from './node-request.ts'

/** A node says of its directories that one was made, and that one is gone, and nothing else. */
export const checkVolume: Check = (request) => {
  const { node, attributes } = request
  const { operation, object, oldObject, subresource } = attributes
  if (operation !== 'UPDATE' || subresource !== '') throw refuse(request, `unexpected operation "${operation}"`)
  const [wanted, old] = [object as PersistentVolume, oldObject as PersistentVolume]
  if (nodeOfDirectory(old) !== node) throw refuse(request, `node "${node}" can only update volumes that are its directories`)
  if (!jsonEqual(restOf(wanted), restOf(old)))
    throw refuse(request, `node "${node}" may only say of a volume that its directory was made, or is gone`)
  const made = wanted.metadata.annotations?.[madeAnnotation]
  if (made === undefined && old.metadata.annotations?.[madeAnnotation] !== undefined)
    throw refuse(request, `node "${node}" may not take back that a directory was made`)
  if (held(old) && !held(wanted) && !isDirectoryUnwanted(old))
    throw refuse(request, `node "${node}" may only let go of a volume that is to be removed`)
}

const held = ({ metadata }: PersistentVolume) => metadata.finalizers?.includes(localDirectory) === true

const restOf = ({ metadata, ...volume }: PersistentVolume) => {
  const { resourceVersion: _version, managedFields: _fields, annotations = {}, finalizers = [], ...rest } = metadata
  const { [madeAnnotation]: _made, ...others } = annotations
  return { ...volume, metadata: { ...rest, annotations: others, finalizers: finalizers.filter((one) => one !== localDirectory) } }
}

import { asTable, type Said } from './conversation.ts'

const path = '/api/v1/componentstatuses'
const etcd = `${path}/etcd-0`
const asMetadata = (kind: string) => `application/json;as=${kind};g=meta.k8s.io;v=v1`

/** Of etcd only: the recorded server had nothing else beside it. */
export const componentFacts: readonly Said[] = [
  { what: 'one', path: etcd },
  { what: 'one as a table', path: etcd, accept: asTable },
  { what: 'one’s metadata', path: etcd, accept: asMetadata('PartialObjectMetadata') },
  { what: 'one by a revision', path: `${etcd}?resourceVersion=5` },
  { what: 'no such one', path: `${path}/other` },
  { what: 'by name', path: `${path}?fieldSelector=metadata.name%3Detcd-0` },
  { what: 'by name, as a table', path: `${path}?fieldSelector=metadata.name%3Detcd-0`, accept: asTable },
  {
    what: 'by name, metadata',
    path: `${path}?fieldSelector=metadata.name%3Detcd-0`,
    accept: asMetadata('PartialObjectMetadataList'),
  },
  { what: 'by no such name', path: `${path}?fieldSelector=metadata.name%3Dother` },
  { what: 'by label', path: `${path}?labelSelector=a%3Db` },
  { what: 'by label, as a table', path: `${path}?labelSelector=a%3Db`, accept: asTable },
  { what: 'by another field', path: `${path}?fieldSelector=spec.x%3D1` },
  { what: 'by what is no selector', path: `${path}?labelSelector=%2C%2C` },
  {
    what: 'at a revision of old',
    path: `${path}?fieldSelector=metadata.name%3Detcd-0&resourceVersion=1&resourceVersionMatch=Exact`,
  },
  { what: 'watched', path: `${path}?watch=1` },
  { what: 'one watched', path: `${etcd}?watch=1` },
  { what: 'made', method: 'POST', path, body: {} },
  { what: 'removed', method: 'DELETE', path },
  { what: 'one removed', method: 'DELETE', path: etcd },
  { what: 'one patched', method: 'PATCH', path: etcd, body: {} },
  { what: 'one of a namespace', path: '/api/v1/namespaces/default/componentstatuses' },
]

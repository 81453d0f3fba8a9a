import type { GroupVersionResource, KubeList, KubeObject } from '../meta/object.ts'

/**
 * A typed-by-resource client of the Kubernetes API, the same over HTTPS and in process. Every method throws `ApiError`
 * with the server's reason; a connection that can't be made or breaks is `ApiError` ServiceUnavailable with its cause.
 */
export interface Client {
  get<T extends KubeObject>(resource: Resource<T>, namespace: string, name: string, options?: SubresourceOptions): Promise<T>
  /** GET of JSON that is no object of a resource: `/apis/custom.metrics.k8s.io/…`, query included */
  read(url: string): Promise<unknown>
  list<T extends KubeObject>(resource: Resource<T>, options?: ListQuery): Promise<KubeList<T>>
  create<T extends KubeObject>(resource: Resource<T>, object: T, options?: CreateOptions): Promise<T>
  /** PUT; with metadata.resourceVersion set it fails with Conflict when the object has moved on */
  update<T extends KubeObject>(resource: Resource<T>, object: T, options?: SubresourceOptions): Promise<T>
  patch<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string,
    name: string,
    patch: Patch,
    options?: SubresourceOptions,
  ): Promise<T>
  /** Resolves too when the deletion has only begun (finalizers, grace period). NotFound is thrown. */
  delete<T extends KubeObject>(resource: Resource<T>, namespace: string, name: string, options?: DeleteOptions): Promise<void>
  /** POSTs to a subresource, e.g. `binding`, `eviction`, `token`. */
  createSubresource<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string,
    name: string,
    subresource: string,
    body: unknown,
  ): Promise<unknown>
  /**
   * Events until the signal aborts or the server ends the watch (then it returns normally). Throws ApiError Expired when
   * `resourceVersion` is too old: list again.
   */
  watch<T extends KubeObject>(resource: Resource<T>, options: WatchQuery): AsyncIterable<WatchEvent<T>>
}

/** The type parameter says what the objects are; nothing of it exists at run time. */
export interface Resource<T extends KubeObject = KubeObject> extends GroupVersionResource {
  readonly kind: string
  readonly namespaced: boolean
  /** further apiVersions by which owner references may name its objects */
  readonly otherApiVersions?: readonly string[] | undefined
  readonly __type?: T
}

export interface ListQuery {
  /** undefined or '': all namespaces */
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly limit?: number | undefined
  readonly continue?: string | undefined
  readonly resourceVersion?: string | undefined
}

export interface WatchQuery extends ListQuery {
  readonly signal: AbortSignal
  readonly allowWatchBookmarks?: boolean | undefined
}

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly object: { metadata: { resourceVersion: string } } }

export type Patch =
  | { readonly type: 'merge' | 'strategic'; readonly body: unknown }
  | { readonly type: 'json'; readonly body: readonly JsonPatchOperation[] }

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test' | 'move' | 'copy'
  readonly path: string
  readonly from?: string
  readonly value?: unknown
}

export interface SubresourceOptions {
  readonly subresource?: string | undefined
}

export interface CreateOptions {
  readonly dryRun?: boolean | undefined
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined
  readonly preconditions?: { uid?: string; resourceVersion?: string } | undefined
}

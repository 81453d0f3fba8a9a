import type { Cache } from '../../../client/cache.ts'
import { CompiledRole } from '../../../resources/rbac/compiled-role.ts'
import type { ClusterRole, Role } from '../../../resources/resource.ts'
import { type Grant, grantsTo } from './grants.ts'
import type { SubjectKey } from './subjects.ts'

export interface CompiledGrant extends Grant {
  /** undefined: there is no such role */
  readonly compiled: CompiledRole | undefined
}

/**
 * What each subject is granted, compiled when first asked for and good until a role or binding changes. Of bindings that give the same role, one.
 * Subjects to whom nothing is bound take no room.
 */
export class GrantTable {
  readonly #found = new Map<string, readonly CompiledGrant[]>()
  /** An object of the cache never changes: another version is another object. */
  readonly #compiled = new WeakMap<object, CompiledRole>()
  #version = -1

  /** `namespace` '': of the whole cluster. `version` is the cache's. */
  to(subject: SubjectKey, namespace: string, { cache, version }: { cache: Cache; version: number }): readonly CompiledGrant[] {
    if (version !== this.#version) {
      this.#found.clear()
      this.#version = version
    }
    const key = `${namespace}/${subject}`
    const known = this.#found.get(key)
    if (known) return known
    const grants = new Map<string, CompiledGrant>()
    for (const grant of grantsTo(cache, subject, namespace)) {
      const { kind, name } = grant.binding.roleRef
      const role = `${kind}/${name}`
      if (!grants.has(role)) grants.set(role, { ...grant, compiled: grant.role && this.#compile(grant.role) })
    }
    const list = [...grants.values()]
    if (list.length > 0) this.#found.set(key, list)
    return list
  }

  #compile(role: ClusterRole | Role): CompiledRole {
    const found = this.#compiled.get(role)
    if (found) return found
    const made = new CompiledRole(role.rules ?? [])
    this.#compiled.set(role, made)
    return made
  }
}

import { lchown, mkdir, open, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { type Document, isMap, isSeq, parseDocument, YAMLMap, YAMLSeq } from 'yaml'
import { isCode } from '../shared/platform/process-mark.ts'

export interface KubeconfigEntry {
  /** of context, cluster and user */
  readonly name: string
  readonly server: string
  /** PEM */
  readonly certificateAuthority: string
  readonly clientCertificate: string
  readonly clientKey: string
}

/** The file can't be taken as a kubeconfig; nothing was written. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError'
}

/** Where kubectl would write: the first file of $KUBECONFIG, or ~/.kube/config. */
export const userKubeconfig = (environment: NodeJS.ProcessEnv = process.env): string =>
  environment.KUBECONFIG?.split(delimiter).find((file) => file !== '') ?? join(homedir(), '.kube', 'config')

/**
 * Adds or replaces our entries and makes our context the current one. All else in the file stays as it is, comments too. Gives which
 * context was the current one, if it was another.
 */
export const addToKubeconfig = async (file: string, entry: KubeconfigEntry): Promise<string | undefined> => {
  let previous: string | undefined
  await change(file, (document) => {
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    put(document, 'clusters', entry.name, {
      name: entry.name,
      cluster: { server: entry.server, 'certificate-authority-data': base64(entry.certificateAuthority) },
    })
    put(document, 'users', entry.name, {
      name: entry.name,
      user: { 'client-certificate-data': base64(entry.clientCertificate), 'client-key-data': base64(entry.clientKey) },
    })
    put(document, 'contexts', entry.name, { name: entry.name, context: { cluster: entry.name, user: entry.name } })
    const current = document.get('current-context')
    if (typeof current === 'string' && current !== '' && current !== entry.name) previous = current
    document.set('current-context', entry.name)
    return true
  })
  return previous
}

/** Makes `previous` the current context again, if `name` still is it, and the other is still there. */
export const setBackContext = (file: string, name: string, previous: string): Promise<void> =>
  change(file, (document) => {
    if (document.get('current-context') !== name || !hasContext(document, previous)) return false
    document.set('current-context', previous)
    return true
  })

/** Takes our entries out again, if they still name the server. */
export const removeFromKubeconfig = (
  file: string,
  name: string,
  { server, previousContext }: { readonly server: string; readonly previousContext?: string | undefined },
): Promise<void> =>
  change(file, (document) => {
    const cluster = entries(document, 'clusters').find((item) => item.get('name') === name)
    if (cluster?.getIn(['cluster', 'server']) !== server) return false
    for (const section of ['clusters', 'users', 'contexts']) {
      const list = document.get(section)
      if (isSeq(list)) list.items = list.items.filter((item) => !(isMap(item) && item.get('name') === name))
    }
    if (document.get('current-context') === name)
      document.set('current-context', previousContext && hasContext(document, previousContext) ? previousContext : '')
    return true
  })

const hasContext = (document: Document, name: string): boolean =>
  entries(document, 'contexts').some((item) => item.get('name') === name)

const change = async (file: string, edit: (document: Document) => boolean): Promise<void> => {
  const owner = await ownerOf(file)
  await makeFolder(dirname(file), owner)
  const unlock = await lock(file)
  try {
    const document = parse(file, await readIfThere(file))
    if (!edit(document)) return
    const target = await linkedFile(file)
    const temporary = `${target}.windlass-${process.pid}`
    await rm(temporary, { force: true })
    await writeFile(temporary, document.toString(), { mode: 0o600, flag: 'wx' })
    await own(temporary, owner)
    await rename(temporary, target)
  } finally {
    await unlock()
  }
}

/** Where the file really is: a link stays one. */
const linkedFile = async (file: string, depth = 0): Promise<string> => {
  const target = await readlink(file).catch((error: unknown) => {
    if (isCode(error, 'EINVAL') || isCode(error, 'ENOENT')) return undefined
    throw error
  })
  if (target === undefined) return file
  if (depth > 40) throw new KubeconfigError(`${file} is a link that leads round in circles; it was not changed`)
  return linkedFile(resolve(dirname(file), target), depth + 1)
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Whose the file is, or the folder that it will be in. Under sudo a user's own file stays the user's. */
const ownerOf = async (path: string): Promise<Owner> => {
  try {
    const { uid, gid } = await stat(path)
    return { uid, gid }
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error
    return ownerOf(dirname(path))
  }
}

const own = async (path: string, { uid, gid }: Owner): Promise<void> => {
  if (process.getuid?.() === 0 && uid !== 0) await lchown(path, uid, gid)
}

const makeFolder = async (path: string, owner: Owner): Promise<void> => {
  try {
    await mkdir(path)
    await own(path, owner)
  } catch (error) {
    if (isCode(error, 'EEXIST')) return
    if (!isCode(error, 'ENOENT')) throw error
    await makeFolder(dirname(path), owner)
    await makeFolder(path, owner)
  }
}

/** The lock that kubectl itself takes when it writes the file. */
const lock = async (file: string): Promise<() => Promise<void>> => {
  const lockFile = `${file}.lock`
  try {
    await (await open(lockFile, 'wx', 0o600)).close()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    throw new KubeconfigError(`${file} is locked by another program; if none is writing it, remove ${lockFile}`, { cause })
  }
  return () => rm(lockFile, { force: true })
}

const readIfThere = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

const parse = (file: string, text: string): Document => {
  const document = parseDocument(text)
  const problem = document.errors[0]
  if (problem) throw new KubeconfigError(`${file} is not valid YAML (${problem.message.split('\n')[0]}); it was not changed`)
  if (document.contents === null) {
    document.contents = new YAMLMap() as unknown as typeof document.contents
    document.set('apiVersion', 'v1')
    document.set('kind', 'Config')
    document.set('preferences', document.createNode({}))
  }
  if (!isMap(document.contents)) throw new KubeconfigError(`${file} is not a kubeconfig; it was not changed`)
  for (const section of ['clusters', 'users', 'contexts']) {
    const value = document.get(section)
    if (value !== undefined && value !== null && !isSeq(value)) {
      throw new KubeconfigError(`${file}: "${section}" is not a list; it was not changed`)
    }
  }
  return document
}

const entries = (document: Document, section: string): YAMLMap[] => {
  const list = document.get(section)
  return isSeq(list) ? list.items.filter((item): item is YAMLMap => isMap(item)) : []
}

const put = (document: Document, section: string, name: string, value: object) => {
  let list = document.get(section)
  if (!isSeq(list)) {
    list = new YAMLSeq()
    document.set(section, list)
  }
  if (!isSeq(list)) return
  const node = document.createNode(value)
  const index = list.items.findIndex((item) => isMap(item) && item.get('name') === name)
  if (index < 0) list.items.push(node)
  else list.items[index] = node
}

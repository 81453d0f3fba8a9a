import type { RequestInfo } from './router.ts'

const streams: ReadonlySet<string> = new Set(['attach', 'exec', 'log', 'portforward', 'proxy'])

/** What leads into a container, or through one, and goes on as long as both ends want. */
export const isConnection = (info: RequestInfo): boolean => info.isResource && streams.has(info.subresource)

/** What may go on for ever. */
export const isLongRunning = (info: RequestInfo): boolean => info.isResource && (info.verb === 'watch' || isConnection(info))

import { ApiError } from '../../shared/meta/status.ts'

/** What a path of the kubelet API says, its segments decoded. Throws ApiError for one that is none. */
export const locationOf = (path: string): { location: URL; segments: string[] } => {
  try {
    const location = new URL(path, 'https://kubelet')
    return { location, segments: location.pathname.slice(1).split('/').map(decodeURIComponent) }
  } catch (cause) {
    throw new ApiError('BadRequest', `invalid path ${JSON.stringify(path)}`, { cause })
  }
}

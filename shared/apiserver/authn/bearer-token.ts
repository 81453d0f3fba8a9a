import type { ApiRequest } from '../request.ts'

export const bearerToken = (request: ApiRequest): string | undefined =>
  /^Bearer +(\S+)$/i.exec(request.header('authorization') ?? '')?.[1]

import { badRequest } from '../../meta/status.ts'

/** What is written says no name, which the URL has. */
export const nameMissing = (name: string) =>
  badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)

/** Whether the object's spec follows what the server suggests. */
export const autoupdateAnnotation = 'apf.kubernetes.io/autoupdate-spec'

export const keptUpToDate = { [autoupdateAnnotation]: 'true' } as const

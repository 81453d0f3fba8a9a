/** Names of the secrets that hold data of Secrets start with it; permissions are on it. */
export const secretPrefix = (clusterName: string) => `${clusterName}/secrets/`

export interface KubeconfigOptions {
  readonly clusterName: string
  readonly server: string
  readonly region: string
}

/** `aws eks get-token` only signs a request to STS: the name in it need not be that of an EKS cluster, and is our audience. */
export const kubeconfigCommand = ({ clusterName, server, region }: KubeconfigOptions): string => {
  const token = ['eks', 'get-token', '--output=json', `--cluster-name=${clusterName}`, `--region=${region}`]
  return [
    `kubectl config set-cluster ${clusterName} --server=${server}`,
    `kubectl config set-credentials ${clusterName} --exec-api-version=client.authentication.k8s.io/v1beta1 --exec-command=aws ${token
      .map((argument) => `--exec-arg=${argument}`)
      .join(' ')}`,
    `kubectl config set-context ${clusterName} --cluster=${clusterName} --user=${clusterName}`,
    `kubectl config use-context ${clusterName}`,
  ].join(' && ')
}

import { expect, it } from 'vitest'
import { kubeconfigCommand } from '../../infra/kubeconfig-command.ts'

it('writes cluster, credentials and context, the token signed for the cluster', () => {
  expect(kubeconfigCommand({ clusterName: 'blue', server: 'https://x.example/k8s', region: 'eu-west-1' }).split(' && ')).toEqual([
    'kubectl config set-cluster blue --server=https://x.example/k8s',
    'kubectl config set-credentials blue --exec-api-version=client.authentication.k8s.io/v1beta1 --exec-command=aws --exec-arg=eks' +
      ' --exec-arg=get-token --exec-arg=--output=json --exec-arg=--cluster-name=blue --exec-arg=--region=eu-west-1',
    'kubectl config set-context blue --cluster=blue --user=blue',
    'kubectl config use-context blue',
  ])
})

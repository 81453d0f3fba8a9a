import type { StorageClass } from '../../resources/resource.ts'

/** What was once built in, by the driver that makes its volumes since. */
const drivers: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
}

/** Who makes the volumes of a class; undefined: nobody, as of `kubernetes.io/no-provisioner`. */
export const provisionerOf = ({ provisioner }: StorageClass): string | undefined =>
  provisioner.startsWith('kubernetes.io/') ? drivers[provisioner] : provisioner

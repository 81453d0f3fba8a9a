/**
 * Where @kubernetes/client-node's models, which describe 1.36 and keep types long gone, differ from the 1.35 that we serve,
 * and what they don't tell. Names are the models'.
 */

export const typesLeftOut: readonly RegExp[] = [
  /^V1(ApplyConfiguration|ClaimSource|ImageVolumeStatus|JSONPatch|MutatingAdmission\w+|Mutation|ShardInfo|VolumeStatus)$/,
  /^V1(NodeAllocatable\w+|PodSchedulingGroup|ResourceClaim)$/,
  /^V1alpha1(AuditAnnotation|ExpressionWarning|GroupVersionResource|IPAddress\w*|MigrationCondition|ParentReference)$/,
  /^V1alpha1(PodCertificateRequest|SelfSubjectReview|ServiceCIDR|StorageVersionMigration|Validati|VolumeAttributesClass)\w*$/,
  /^V1alpha1TypeChecking$/,
  /^V1alpha2(?!LeaseCandidate)/,
  /^V1alpha3(?!DeviceTaint)/,
  /^V1beta1(AuditAnnotation|ExpressionWarning|NodeAllocatable\w+|SelfSubjectReview\w*|TypeChecking|Validati\w+)$/,
  /^V1beta2(DeviceTaintRule\w*|DeviceTaintSelector|NodeAllocatable\w+)$/,
  /^V1beta3/,
]

export const fieldsLeftOut: Readonly<Record<string, readonly string[]>> = {
  V1CSIDriverSpec: ['preventPodSchedulingIfMissing'],
  V1Device: ['nodeAllocatableResourceMappings'],
  V1DeviceAttribute: ['bools', 'ints', 'strings', 'versions'],
  V1ListMeta: ['shardInfo'],
  V1PodSpec: ['schedulingGroup'],
  V1PodStatus: ['nodeAllocatableResourceClaimStatuses'],
  V1ResourceHealth: ['message'],
  V1VolumeMountStatus: ['volumeStatus'],
  V1beta1BasicDevice: ['nodeAllocatableResourceMappings'],
  V1beta1DeviceAttribute: ['bools', 'ints', 'strings', 'versions'],
  V1beta1PodCertificateRequestSpec: ['stubPKCS10Request'],
  V1beta2Device: ['nodeAllocatableResourceMappings'],
  V1beta2DeviceAttribute: ['bools', 'ints', 'strings', 'versions'],
}

/** In 1.35 only. */
export const fieldsAdded: Readonly<Record<string, Readonly<Record<string, { type: string; description: string }>>>> = {
  V1PodSpec: {
    workloadRef: {
      type: 'V1WorkloadReference',
      description: 'The Workload object that this Pod belongs to; the scheduler finds the group of pods there. Immutable.',
    },
  },
}

/** Required in one of the two versions and not in the other. */
export const requiredDiffers: Readonly<Record<string, readonly string[]>> = {
  AuthenticationV1TokenRequest: ['spec'],
  V1CronJob: ['spec'],
  V1EndpointSlice: ['endpoints'],
  V1HorizontalPodAutoscaler: ['spec'],
  V1IPAddress: ['spec'],
  V1PodDisruptionBudgetStatus: ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'],
  V1PriorityClass: ['value'],
  V1RoleRef: ['apiGroup'],
  V1TokenRequestSpec: ['audiences'],
  V1TokenRequestStatus: ['token', 'expirationTimestamp'],
  V1TokenReviewSpec: ['token'],
  V1ValidatingAdmissionPolicyBinding: ['spec'],
  V1ValidatingAdmissionPolicyBindingSpec: ['policyName', 'validationActions'],
  V1alpha1ServerStorageVersion: ['apiServerID', 'decodableVersions', 'encodingVersion'],
  V1alpha1StorageVersion: ['spec', 'status', 'metadata'],
  V1alpha2LeaseCandidate: ['spec'],
  V1beta1IPAddress: ['spec'],
  V1beta1LeaseCandidate: ['spec'],
  V1beta1PodCertificateRequestSpec: ['pkixPublicKey', 'proofOfPossession'],
  V2HorizontalPodAutoscaler: ['spec'],
}

/** Strings, or maps and lists of them, that are quantities. */
export const quantityFields: readonly RegExp[] = [
  /^V1beta1(ContainerMetrics|NodeMetrics)\.usage$/,
  /^V1CSIStorageCapacity\.(capacity|maximumVolumeSize)$/,
  /^V1(beta[12])?CapacityRequestPolicy\.(default|validValues)$/,
  /^V1(beta[12])?CapacityRequestPolicyRange\.(max|min|step)$/,
  /^V1(beta[12])?CapacityRequirements\.requests$/,
  /^V1(beta[12])?(Counter|DeviceCapacity)\.value$/,
  /^V1(beta[12])?DeviceRequestAllocationResult\.consumedCapacity$/,
  /^V1(ContainerStatus|PersistentVolumeClaimStatus|PodStatus)\.allocatedResources$/,
  /^V1(NodeStatus|PersistentVolumeClaimStatus|PersistentVolumeSpec)\.(allocatable|capacity)$/,
  /^V1EmptyDirVolumeSource\.sizeLimit$/,
  /^V1LimitRangeItem\.(default|defaultRequest|max|maxLimitRequestRatio|min)$/,
  /^V1Overhead\.podFixed$/,
  /^V1PodSpec\.overhead$/,
  /^V1ResourceFieldSelector\.divisor$/,
  /^V1ResourceQuota(Spec|Status)\.(hard|used)$/,
  /^V1(Volume)?ResourceRequirements\.(limits|requests)$/,
  /^V2HPAScalingRules\.tolerance$/,
  /^V2Metric(Target|ValueStatus)\.(averageValue|value)$/,
]

/** What stands in a field of type `any`; an embedded object unless it is named here. */
export const anyFields: Readonly<Record<string, 'json' | 'fields-v1' | 'empty'>> = {
  'V1CustomResourceSubresources.status': 'empty',
  'V1JSONSchemaProps.additionalItems': 'json',
  'V1JSONSchemaProps.additionalProperties': 'json',
  'V1JSONSchemaProps.default': 'json',
  'V1JSONSchemaProps.dependencies': 'json',
  'V1JSONSchemaProps.enum': 'json',
  'V1JSONSchemaProps.example': 'json',
  'V1JSONSchemaProps.items': 'json',
  'V1ManagedFieldsEntry.fieldsV1': 'fields-v1',
  'V1alpha1PodGroupPolicy.basic': 'empty',
  'V1alpha1StorageVersion.spec': 'empty',
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** Packages of models that the operations don't tell. */
export const packageExceptions: Readonly<Record<string, string>> = {
  VersionInfo: 'io.k8s.apimachinery.pkg.version',
  V1APIGroup: meta,
  V1APIGroupList: meta,
  V1APIResource: meta,
  V1APIResourceList: meta,
  V1APIVersions: meta,
  V1Condition: meta,
  V1DeleteOptions: meta,
  V1FieldSelectorRequirement: meta,
  V1GroupResource: meta,
  V1GroupVersionForDiscovery: meta,
  V1LabelSelector: meta,
  V1LabelSelectorRequirement: meta,
  V1ListMeta: meta,
  V1ManagedFieldsEntry: meta,
  V1ObjectMeta: meta,
  V1OwnerReference: meta,
  V1Preconditions: meta,
  V1ServerAddressByClientCIDR: meta,
  V1Status: meta,
  V1StatusCause: meta,
  V1StatusDetails: meta,
  V1WatchEvent: meta,
  V1TopologySelectorLabelRequirement: 'io.k8s.api.core.v1',
  V1TopologySelectorTerm: 'io.k8s.api.core.v1',
  V1WorkloadReference: 'io.k8s.api.core.v1',
  AuthenticationV1TokenRequest: 'io.k8s.api.authentication.v1',
  V1BoundObjectReference: 'io.k8s.api.authentication.v1',
  V1TokenRequestSpec: 'io.k8s.api.authentication.v1',
  V1TokenRequestStatus: 'io.k8s.api.authentication.v1',
  V1Eviction: 'io.k8s.api.policy.v1',
  V1Scale: 'io.k8s.api.autoscaling.v1',
  V1ScaleSpec: 'io.k8s.api.autoscaling.v1',
  V1ScaleStatus: 'io.k8s.api.autoscaling.v1',
}

/** Lists that Go leaves out when they are empty, but whose default asks whether there was one. */
export const emptyCounts: Readonly<Record<string, readonly string[]>> = {
  V2HPAScalingRules: ['policies'],
}

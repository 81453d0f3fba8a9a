/** What a node with real containers is told, wherever it runs. */
export interface NodeConfiguration {
  readonly nodeName: string
  /** volumes, pod logs' links, checkpoints; one folder a node */
  readonly dataDir: string
  readonly dockerSocket: string
  readonly clusterDomain: string
  /** address of the cluster's DNS Service, answered by each node's agent itself */
  readonly clusterDNS: string
  /** pods' addresses of all nodes */
  readonly podRange: string
  readonly serviceCIDR: string
  /** node of the machine's own network namespace: it also translates Services for the host (localhost:nodePort) */
  readonly hostServices: boolean
  /** whether NodePorts, hostPorts and load balancers answer others than the machine itself and its pods */
  readonly expose: boolean
}

/** What an agent process on one machine is told at start, as JSON on its standard input. */
export interface AgentConfiguration extends NodeConfiguration {
  /** `docker`, or `simulated` with how many nodes this process plays (nodeName is then a prefix when > 1) */
  readonly runtime: 'docker' | 'simulated'
  readonly simulatedNodes: number
  /** https URL of the API server */
  readonly server: string
  /** PEM texts */
  readonly certificateAuthority: string
  readonly clientCertificate: string
  readonly clientKey: string
  /** of the agent's own HTTPS server; its subject alternative name is the node's name */
  readonly servingCertificate: string
  readonly servingKey: string
  /** 0 when simulated */
  readonly port: number
  readonly podCIDR: string
  readonly labels: Readonly<Record<string, string>>
  /** undefined: standard output */
  readonly logFile?: string | undefined
}

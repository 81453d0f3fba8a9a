import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { ClusterTable } from './constructs/cluster-table.ts'
import { DataKey } from './constructs/data-key.ts'

export interface StateStackProps extends StackProps {
  readonly retainData: boolean
}

/** What can't be made anew: the objects, and the key that their secrets are encrypted with. */
export class StateStack extends Stack {
  readonly table: ClusterTable
  readonly dataKey: DataKey

  constructor(scope: Construct, id: string, { retainData, ...props }: StateStackProps) {
    super(scope, id, { description: "Windlass: a cluster's state", terminationProtection: retainData, ...props })
    this.table = new ClusterTable(this, 'Table', { retain: retainData })
    this.dataKey = new DataKey(this, 'DataKey', { retain: retainData })
  }
}

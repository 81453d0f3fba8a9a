import { age, integer } from '../column.ts'

export const webhookColumns = [
  integer(
    'Webhooks',
    'Webhooks indicates the number of webhooks registered in this configuration',
    ({ webhooks }: { readonly webhooks?: readonly unknown[] | undefined }) => webhooks?.length ?? 0,
  ),
  age,
]

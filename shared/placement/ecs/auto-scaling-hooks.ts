import { type AutoScalingClient, CompleteLifecycleActionCommand } from '@aws-sdk/client-auto-scaling'
import type { LifecycleHooks } from '../lifecycle-hooks.ts'

export const createAutoScalingHooks = ({ client }: { client: Pick<AutoScalingClient, 'send'> }): LifecycleHooks => ({
  complete: async ({ group, hook, token }, instanceId) => {
    try {
      await client.send(
        new CompleteLifecycleActionCommand({
          AutoScalingGroupName: group,
          LifecycleHookName: hook,
          LifecycleActionToken: token,
          InstanceId: instanceId,
          LifecycleActionResult: 'CONTINUE',
        }),
      )
    } catch (error) {
      // Its time was up, or it was completed before.
      const over = error instanceof Error && error.name === 'ValidationError' && /no active lifecycle action/i.test(error.message)
      if (!over) throw error
    }
  },
})

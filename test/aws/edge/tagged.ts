import type { Permission } from './needed.ts'
import type { AwsCall } from './request.ts'

export type Tags = Readonly<Record<string, string>>

/** What resources that were made through the edge are tagged with, which conditions of policies ask for. */
export class TaggedResources {
  readonly #tags = new Map<string, Tags>()

  /** Reads the id of what a call made out of its answer. */
  remember({ action, input }: AwsCall, answer: string): void {
    if (!action.startsWith('Create')) return
    const [, id] =
      /<(?:LoadBalancerArn|TargetGroupArn|ListenerArn|groupId)>([^<]+)</.exec(
        action === 'CreateListener' ? answer.slice(answer.indexOf('<ListenerArn>')) : answer,
      ) ?? []
    if (id) this.#tags.set(id, tagsOfRequest(input))
  }

  of(id: string): Permission['context'] {
    return prefixed('aws:ResourceTag', this.#tags.get(id) ?? {})
  }
}

/** `Tags.member.1.Key`, and `TagSpecification.1.Tag.1.Key` in EC2. */
export const tagsOfRequest = (input: Readonly<Record<string, unknown>>): Tags =>
  Object.fromEntries(
    Object.entries(input).flatMap(([name, key]) => {
      const value = /(?:Tags\.member|Tag)\.\d+\.Key$/.test(name) ? input[name.replace(/Key$/, 'Value')] : undefined
      return value === undefined ? [] : [[String(key), String(value)]]
    }),
  )

export const prefixed = (prefix: string, tags: Tags): Permission['context'] =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]))

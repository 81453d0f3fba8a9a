/** What hands out the messages of queues that are empty for months: those of work that there is only with nodes, or with pods that want one. */
export interface Triggers {
  /**
   * Has them all on, or off. Called again and again: what is under way, or so already, needs nothing. A queue that holds messages keeps
   * its trigger whatever is asked.
   */
  set(on: boolean): Promise<void>
}

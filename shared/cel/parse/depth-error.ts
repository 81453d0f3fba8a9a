/** An expression that is nested deeper, or becomes larger, than it is read. */
export class DepthError extends Error {}

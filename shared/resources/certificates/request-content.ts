import { pemBlocks } from '../validation/pem.ts'
import { type DerValue, derValue, derValues } from './der.ts'

/** What a certificate signing request asks to be named. */
export interface RequestContent {
  /** the last one, as Go has it; '': none */
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly dnsNames: readonly string[]
  readonly emailAddresses: readonly string[]
  readonly uris: readonly string[]
  /** as bytes in hexadecimal */
  readonly ipAddresses: readonly string[]
  /** SubjectPublicKeyInfo */
  readonly publicKey: Buffer
  /** the whole request in DER */
  readonly whole: Buffer
}

const oid = { commonName: '550403', organization: '55040a', extensionRequest: '2a864886f70d01090e', alternativeName: '551d11' }
const attributesTag = 0xa0
const textOf: Readonly<Record<number, (content: Buffer) => string>> = {
  // BMPString has two bytes a character, the larger first
  30: (content) => Buffer.from(content).swap16().toString('utf16le'),
  20: (content) => content.toString('latin1'),
}

/** Reads `spec.request`, PEM text. Throws Error for what is no request. */
export const requestContent = (text: string): RequestContent => {
  const [block] = pemBlocks(text)
  if (block?.type !== 'CERTIFICATE REQUEST') throw new Error('PEM block type must be CERTIFICATE REQUEST')
  const [info] = derValues(derValue(block.bytes, 0).content)
  const [, subject, publicKey, ...more] = derValues(contentOf(info))
  const names = derValues(contentOf(subject)).flatMap(({ content }) =>
    derValues(content).map(({ content }) => derValues(content)),
  )
  const valuesOf = (wanted: string) => names.filter(([type]) => hex(type) === wanted).map(([, value]) => textIn(value))
  const alternatives = alternativeNames(more.find(({ tag }) => tag === attributesTag))
  const texts = (tag: number) => alternatives.filter((name) => name.tag === tag).map(({ content }) => content.toString('latin1'))
  return {
    commonName: valuesOf(oid.commonName).at(-1) ?? '',
    organizations: valuesOf(oid.organization),
    emailAddresses: texts(0x81),
    dnsNames: texts(0x82),
    uris: texts(0x86),
    ipAddresses: alternatives.filter(({ tag }) => tag === 0x87).map(({ content }) => content.toString('hex')),
    publicKey: publicKey?.whole ?? Buffer.alloc(0),
    whole: block.bytes,
  }
}

const contentOf = (value: DerValue | undefined): Buffer => {
  if (!value) throw new Error('asn1: syntax error: sequence truncated')
  return value.content
}

const hex = (value: DerValue | undefined) => value?.content.toString('hex')

const textIn = (value: DerValue | undefined): string =>
  value ? (textOf[value.tag] ?? ((content: Buffer) => content.toString('utf8')))(value.content) : ''

/** The general names of every such extension that is asked for. */
const alternativeNames = (attributes: DerValue | undefined): DerValue[] =>
  derValues(attributes?.content ?? Buffer.alloc(0))
    .map(({ content }) => derValues(content))
    .filter(([type]) => hex(type) === oid.extensionRequest)
    .flatMap(([, set]) => derValues(contentOf(set)))
    .flatMap(({ content }) => derValues(content).map(({ content }) => derValues(content)))
    .filter(([type]) => hex(type) === oid.alternativeName)
    // between type and value may stand whether it is critical
    .flatMap((extension) => derValues(derValue(contentOf(extension.at(-1)), 0).content))

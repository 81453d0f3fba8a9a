/** A tar archive (ustar) of one file owned by root. */
export const tarOfFile = ({ name, mode, content }: { name: string; mode: number; content: Buffer }): Buffer => {
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, '0')
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write(octal(mode, 8), 100)
  header.write(octal(0, 8), 108)
  header.write(octal(0, 8), 116)
  header.write(octal(content.length, 12), 124)
  header.write(octal(0, 12), 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${octal(sum, 7)}\0 `, 148)
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512)
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)])
}

/** INTERIM: forms of kernels as text. */
export interface BufferForm {
  readonly name: string
  readonly role: 'read' | 'written' | 'updated'
  readonly below?: string
  readonly optional: boolean
  readonly listed: boolean
  readonly axes: readonly string[]
}
export interface AnyKernel {
  readonly verb: string
  readonly text: string
}
function bufferForm(text: string, written: boolean): BufferForm {
  const listed = text.startsWith('[')
  const [label, axes] = (listed ? text.slice(1, text.indexOf(']')) : text).split(':')
  const updated = label.startsWith('!')
  const [name, below] = (updated ? label.slice(1) : label).split('<')
  const optional = name.endsWith('?')
  return {
    name: optional ? name.slice(0, -1) : name,
    role: updated ? 'updated' : written ? 'written' : 'read',
    ...(below !== undefined && { below }),
    optional,
    listed,
    axes: axes.split(' '),
  }
}
export function formOf(of: AnyKernel): { readonly buffers: readonly BufferForm[] } {
  const [head] = of.text.split(' | ')
  const [inputs, outputs] = head.split(' -> ').map((side) => side.split(', '))
  return {
    buffers: [
      ...inputs.map((text) => bufferForm(text, false)),
      ...(outputs ?? []).map((text) => bufferForm(text, true)),
    ],
  }
}

/** Every program in the README and in CONTRIBUTING is type-checked, run as it stands, and prints what the page says. */
import { describe, expect, it } from 'vitest'
import { blocksOf } from './documents.ts'
import { programsOf, workshop } from './programs.ts'

const { write, typeErrors, run } = workshop('programs', 'src')

describe.each([
  'README.md',
  'CONTRIBUTING.md',
  'docs/derivations.md',
  'docs/programs.md',
  'docs/memory.md',
  'docs/wasm.md',
  'docs/threads.md',
  'docs/gpujs.md',
  'docs/serve.md',
  'docs/onnx.md',
  'docs/pytorch.md',
  'docs/files.md',
  'docs/embeddings.md',
  'docs/tables.md',
  'docs/strategies.md',
  'docs/tasks.md',
  'docs/streams.md',
  'docs/deepctr.md',
])('%s', (document) => {
  const programs = programsOf(blocksOf(document)).map((program) => ({
    ...program,
    file: write(`${program.name}.ts`, program.code),
  }))

  it('has programs whose types are right', () => {
    expect(programs.length).toBeGreaterThan(0)
    expect(typeErrors(programs.map(({ file }) => file))).toEqual([])
  })

  it.each(programs)('$name prints what the page says', async ({ file, prints }) => {
    expect(await run(file)).toBe(prints)
  })
})

describe('a program', () => {
  const [program] = programsOf(
    blocksOf('made-up.md', "```ts\nimport { relu } from 'plegrad'\nconsole.log(relu.op)\n```\n\n```text\nrelu\n```\n"),
  )

  it('comes with the output that stands right behind it', () => {
    expect(program.prints).toBe('relu\n')
  })

  it('fails where a name or a type is wrong', () => {
    const wrong = write('wrong.ts', program.code.replace('relu.op', 'relu(1)'))
    const missing = write('missing.ts', program.code.replaceAll('relu', 'rely'))
    expect(typeErrors([wrong, missing]).map((error) => error.split(' ')[0])).toEqual(['wrong.ts:2', 'missing.ts:1'])
  })

  it('fails where it throws', async () => {
    await expect(run(write('throws.ts', `${program.code}throw new Error('on purpose')`))).rejects.toThrow('on purpose')
  })
})

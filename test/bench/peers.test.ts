/** Peers that are not there, the conversation with one in Python, and the ONNX file that is written without one. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { isMissing } from '../../bench/measure/case.ts'
import { INSTALL, load } from '../../bench/peers/load.ts'
import { message, node } from '../../bench/peers/onnxBytes.ts'
import { closePython, python } from '../../bench/peers/python.ts'

describe('a peer that is not installed', () => {
  it('is missing, with how to install it', async () => {
    expect(await load('no-such-peer')).toEqual({ missing: INSTALL })
  })

  it('is missing where there is no Python', async () => {
    process.env.PYTHON = '/no/such/python'
    const answer = await python('torch_ple.py')
    expect(answer).toHaveProperty('missing')
    expect(JSON.stringify(answer)).toContain('/no/such/python')
    delete process.env.PYTHON
    await closePython()
  })
})

describe.skipIf(spawnSync('python3', ['--version']).status !== 0)('a peer in Python', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plegrad-peer-'))
  const PYTHONPATH = fileURLToPath(new URL('../../bench/peers/', import.meta.url))
  const scriptOf = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return pathToFileURL(path).href
  }
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  it('answers what it is asked, says what failed, and times itself', async () => {
    const script = scriptOf(
      'adder.py',
      `from conversation import converse, sample
class Session:
    def add(self, a, b):
        return {"sum": a + b}
    def time(self, seconds):
        return sample(lambda at: at + 1, seconds)
converse(Session(), adder="1.0")
`,
    )
    const peer = await python(script, { PYTHONPATH })
    if (isMissing(peer)) throw new Error(peer.missing)
    expect(peer.ran).toMatch(/^adder 1\.0, Python 3\./)
    expect(await peer.ask('add', { a: 1, b: 2 })).toEqual({ sum: 3 })
    await expect(peer.ask('add', { a: 1, b: 'x' })).rejects.toThrow('TypeError: unsupported operand')
    const { milliseconds } = await peer.ask('time', { seconds: 0.01 })
    expect((milliseconds as number[]).length).toBeGreaterThanOrEqual(3)
    expect(await python(script, { PYTHONPATH })).toBe(peer)
    await closePython()
  })

  it('is missing where a library is', async () => {
    const answer = await python(scriptOf('lacking.py', 'import no_such_library\n'))
    expect(JSON.stringify(answer)).toContain("ModuleNotFoundError: No module named 'no_such_library'")
    await closePython()
  })
})

describe('the bytes of an ONNX model', () => {
  it('are fields of a number, a type and a value', () => {
    expect([...message([1, 8])]).toEqual([0x08, 8])
    expect([...message([2, 'ab'])]).toEqual([0x12, 2, 0x61, 0x62])
  })

  it('have numbers in groups of seven bits', () => {
    expect([...message([1, 300])]).toEqual([0x08, 0xac, 0x02])
    expect([...message([8, [1, 300]])]).toEqual([0x42, 3, 1, 0xac, 0x02])
  })

  it('hold an operation with its inputs, output and attributes', () => {
    expect([...node('Relu', ['x'], 'y')]).toEqual([0x0a, 1, 0x78, 0x12, 1, 0x79, 0x22, 4, 0x52, 0x65, 0x6c, 0x75])
  })
})

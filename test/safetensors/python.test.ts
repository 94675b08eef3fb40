/** Files go both ways between the library and the format's own, by NumPy and by PyTorch, and both refuse the same. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSafetensors, writeSafetensors } from '../../src/safetensors.ts'
import type { StoredDtype, TensorToStore } from '../../src/safetensors.ts'
import { missing, python } from './python.ts'
import { rawFile } from './rawFile.ts'
import { REFUSED } from './refused.ts'

const absent = missing('safetensors', 'numpy', 'torch')

/** Files of every dtype that a library has, beside each tensor its numbers in words; and all halves beside their float32. */
const WRITE = `
import json, sys
import numpy, torch
from safetensors import numpy as by_numpy, torch as by_torch
folder = sys.argv[1]
edges = dict(F64=numpy.float64, F32=numpy.float32, I64=numpy.int64, I32=numpy.int32, I16=numpy.int16, I8=numpy.int8,
             U64=numpy.uint64, U32=numpy.uint32, U16=numpy.uint16, U8=numpy.uint8)
arrays = {}
for name, dtype in edges.items():
    low, high = (-1.5, 1e30) if name[0] == 'F' else (numpy.iinfo(dtype).min, numpy.iinfo(dtype).max)
    arrays[name] = numpy.array([[low, 0, 1], [2, 100, high]], dtype=dtype)
arrays['BOOL'] = numpy.array([True, False, True])
arrays['scalar'] = numpy.array(7, dtype=numpy.float32)
arrays['empty'] = numpy.zeros((3, 0), dtype=numpy.float32)
bits = numpy.arange(65536, dtype=numpy.uint16)
arrays['F16'] = bits.view(numpy.float16)
by_numpy.save_file(arrays, folder + '/numpy', metadata={'by': 'numpy'})
tensors = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
tensors['BF16'] = torch.from_numpy(bits.copy()).view(torch.bfloat16)
by_torch.save_file(tensors, folder + '/torch', metadata={'by': 'torch'})
widened = {name: tensors[name].float() for name in ['F16', 'BF16']}
by_torch.save_file(widened, folder + '/widened')
told = {name: [list(array.shape), [str(each) for each in (array.astype(int) if name == 'BOOL' else array).ravel().tolist()]]
        for name, array in arrays.items() if name != 'F16'}
print(json.dumps(told))
`

const READ = `
import json, sys
from safetensors import numpy as by_numpy, torch as by_torch
def told(x, kind):
    return [kind, list(x.shape), [str(each) for each in x.flatten().tolist()]]
path = sys.argv[1]
arrays = by_numpy.load_file(path)
tensors = by_torch.load_file(path)
from safetensors import safe_open
with safe_open(path, framework='np') as file:
    metadata = file.metadata()
print(json.dumps(dict(
    metadata=metadata,
    numpy={name: told(x, str(x.dtype)) for name, x in arrays.items()},
    torch={name: told(x, str(x.dtype)) for name, x in tensors.items()})))
`

/** Of each file of a folder whether it is refused. */
const REFUSE = `
import json, os, sys
from safetensors import numpy as by_numpy
refused = {}
for name in sorted(os.listdir(sys.argv[1])):
    try:
        by_numpy.load_file(os.path.join(sys.argv[1], name))
        refused[name] = False
    except Exception:
        refused[name] = True
print(json.dumps(refused))
`

describe.skipIf(absent !== undefined)(`safetensors of Python${absent === undefined ? '' : `: ${absent}`}`, () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'plegrad-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const at = (name: string): string => join(folder, name)

  it('what they write is read: every dtype, by NumPy and by PyTorch', () => {
    const told = python(WRITE, folder) as Readonly<Record<string, readonly [number[], string[]]>>
    for (const by of ['numpy', 'torch']) {
      const { tensors, metadata } = readSafetensors(readFileSync(at(by)))
      expect(metadata).toEqual({ by })
      expect(Object.keys(tensors).sort()).toEqual(
        [...Object.keys(told), 'F16', ...(by === 'torch' ? ['BF16'] : [])].sort(),
      )
      for (const [name, [shape, numbers]] of Object.entries(told)) {
        expect(tensors[name].shape, name).toEqual(shape)
        if (name.length < 5) expect(tensors[name].dtype).toBe(name)
        const { values } = tensors[name]
        const parse: (text: string) => unknown = typeof values[0] === 'bigint' ? BigInt : Number
        expect([...values], name).toEqual(numbers.map(name === 'F32' ? (text) => Math.fround(Number(text)) : parse))
      }
    }
    const { F16, BF16 } = readSafetensors(readFileSync(at('torch'))).tensors
    const widened = readSafetensors(readFileSync(at('widened'))).tensors
    expect(F16.values).toEqual(widened.F16.values)
    expect(BF16.values).toEqual(widened.BF16.values)
    expect(F16.values).not.toEqual(widened.BF16.values)
  })

  it('what the library writes they read: names, shapes, dtypes, numbers and metadata', () => {
    const values = {
      F64: Float64Array.of(0.1, -1e300),
      F32: Float32Array.of(0.5, -1e30),
      I64: BigInt64Array.of(-(2n ** 63n), 5n),
      U64: BigUint64Array.of(2n ** 64n - 1n, 5n),
      I32: Int32Array.of(-(2 ** 31), 5),
      U32: Uint32Array.of(2 ** 32 - 1, 5),
      I16: Int16Array.of(-32_768, 5),
      U16: Uint16Array.of(65_535, 5),
      I8: Int8Array.of(-128, 5),
      U8: Uint8Array.of(255, 5),
      F16: Float32Array.of(0.5, -65_504),
      BF16: Float32Array.of(0.5, -(2 ** 100)),
      BOOL: Uint8Array.of(1, 0),
    }
    const PYTHONS = { F: 'float', I: 'int', U: 'uint', B: 'bfloat' }
    const dtypeIn = (dtype: string): string =>
      dtype === 'BOOL' ? 'bool' : PYTHONS[dtype[0] as keyof typeof PYTHONS] + dtype.replace(/\D/g, '')
    const metadata = { '': 'empty', 点击: '"\n' }
    const tensors = {
      ...Object.fromEntries(
        Object.entries(values).map(([dtype, values]) => [
          dtype,
          { shape: [1, 2], values, dtype: dtype as StoredDtype },
        ]),
      ),
      'a.b/点击 😀"': { shape: [2], values: Float32Array.of(1, 2) },
      '': { shape: [], values: Float32Array.of(3) },
      ['__proto__']: { shape: [0, 2], values: new Float32Array() },
    }
    // NumPy has no bfloat16.
    const { BF16: _, ...forNumpy }: Readonly<Record<string, TensorToStore>> = tensors
    for (const [library, stored] of Object.entries({ numpy: forNumpy, torch: tensors })) {
      writeFileSync(at('ours'), writeSafetensors(stored, metadata))
      const read = python(library === 'numpy' ? READ : READ.replace('= by_numpy.load_file(path)', '= {}'), at('ours'))
      const { metadata: told, [library]: loaded } = read as Record<string, Record<string, [string, number[], string[]]>>
      expect(told).toEqual(metadata)
      expect(Object.keys(loaded).sort()).toEqual(Object.keys(stored).sort())
      for (const [name, { shape, values, dtype = 'F32' }] of Object.entries(
        stored as Readonly<Record<string, { shape: number[]; values: Float32Array; dtype?: StoredDtype }>>,
      )) {
        const [kind, extents, numbers] = loaded[name]
        expect([kind.replace('torch.', ''), extents], name).toEqual([dtypeIn(dtype), shape])
        const parsed = numbers.map((text) =>
          dtype === 'BOOL'
            ? Number(text === 'True')
            : dtype.endsWith('I64') || dtype === 'U64'
              ? BigInt(text)
              : Number(text),
        )
        expect(parsed, name).toEqual(dtype === 'F32' ? [...values].map(Math.fround) : [...values])
      }
    }
  })

  it('what the library refuses they refuse, but where that is said', () => {
    /** They ignore what they do not know, keep the last of two names, and pass over blanks; the format says otherwise. */
    const theirs = [
      'a header that does not begin well',
      'more than a tensor has',
      'a name twice',
      'a name twice, once in other letters',
      '__proto__ twice',
      'an empty name twice',
      'a name of the metadata twice',
    ]
    const sub = mkdtempSync(at('refused-'))
    REFUSED.forEach(({ bytes }, index) => writeFileSync(join(sub, `f${String(index).padStart(3, '0')}`), bytes))
    writeFileSync(join(sub, 'f999'), writeSafetensors({ x: { shape: [1], values: Float32Array.of(1) } }))
    const refused = Object.values(python(REFUSE, sub) as Readonly<Record<string, boolean>>)
    expect(refused).toHaveLength(REFUSED.length + 1)
    expect(refused.at(-1)).toBe(false)
    expect(REFUSED.filter((_, index) => !refused[index]).map(({ name }) => name)).toEqual(theirs)
  })

  it('a file with one bit that differs is refused by both or read as the same by both', () => {
    const file = writeSafetensors({
      a: { shape: [2, 1], values: Float32Array.of(1, 2) },
      b: { shape: [1], values: Int8Array.of(3) },
    })
    const sub = mkdtempSync(at('flipped-'))
    const length = Number(new DataView(file.buffer).getBigUint64(0, true))
    const flipped = Array.from({ length: 8 * (8 + length) }, (_, bit) => {
      const copy = file.slice()
      copy[bit >> 3] ^= 1 << (bit & 7)
      return copy
    })
    flipped.forEach((bytes, index) => writeFileSync(join(sub, `f${String(index).padStart(5, '0')}`), bytes))
    const refused = Object.values(python(REFUSE, sub) as Readonly<Record<string, boolean>>)
    const reads = (bytes: Uint8Array): boolean => {
      try {
        readSafetensors(bytes)
        return true
      } catch {
        return false
      }
    }
    const read = flipped.map(reads)
    expect(read.filter((each) => each).length).toBeGreaterThan(10)
    expect(
      flipped
        .filter((_, index) => read[index] && refused[index])
        .map((bytes) => Buffer.from(bytes.subarray(8)).toString()),
    ).toEqual([])
  })

  it('and a file of theirs is told from another', () => {
    const bytes = rawFile({ header: { x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, data: 4 })
    writeFileSync(at('right'), bytes)
    const read = python(READ, at('right')) as { numpy: Record<string, unknown> }
    expect(read.numpy).toEqual({ x: ['float32', [1], ['0.0']] })
  })
})

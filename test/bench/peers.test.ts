/** Peers that are not there, and the ONNX file that is written without one. */
import { describe, expect, it } from 'vitest'
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

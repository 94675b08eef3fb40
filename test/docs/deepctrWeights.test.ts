/** docs/deepctr.md on weights, against the code: its tables have every name that is written, and no other. */
import { describe, expect, it } from 'vitest'
import { toDeepCTR, toDeepCTRTorch } from '../../src/exchange/deepctr/index.ts'
import { ESMM, PLE, SharedBottom, mmoe, parameters } from '../../src/models/index.ts'
import { POOLED, cases } from '../exchange/deepctr/cases.ts'
import { inlineCodeOf, read } from './documents.ts'

/** The cells of each row, of the table that begins so. */
const tableOf = (beginning: string): readonly (readonly string[])[] => {
  const text = read('docs/deepctr.md')
  return text
    .slice(text.indexOf(`\n| ${beginning} `) + 1)
    .split('\n\n')[0]
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').slice(1, -1))
}

const [NAMES, LAYERS] = [tableOf('plegrad'), tableOf('layer here')]

/** A pattern of the names that a cell stands for. */
const patternOf = (name: string): string =>
  name
    .replaceAll('.', '\\.')
    .replaceAll('{k}', '(_\\d+)?')
    .replace(/\{(t|n|i|level)\}/g, '\\d+')
    .replace(/\{\w+\}/g, '\\w+')

const tasks = { taskNames: ['b', 'a'], taskTypes: ['binary', 'binary'] } as const
const normalised = { features: POOLED, dnnUseBn: true, batchNormEpsilon: 1e-3 } as const
const gated = { ...normalised, ...tasks, gateDnnHiddenUnits: [2] } as const
const KERAS = [
  new PLE({ ...gated, dnnActivation: 'prelu' }),
  mmoe({ ...gated, dnnActivation: 'dice' }),
  new SharedBottom({ ...normalised, ...tasks }),
  new ESMM(normalised),
]
const here = cases().map(({ model }) => model)

describe.each([
  ['plegrad', 0, [...here, ...KERAS].flatMap((model) => Object.keys(parameters(model)))],
  ['DeepCTR-Torch', 1, here.flatMap((model) => Object.keys(toDeepCTRTorch(model)))],
  ['DeepCTR', 2, KERAS.flatMap((model) => Object.keys(toDeepCTR(model)).map((name) => name.replace(':0', '')))],
])('%s', (_, column, names) => {
  const codes = (table: typeof NAMES): readonly string[] => table.flatMap((cells) => inlineCodeOf(cells[column]))
  const [prefixes, suffixes] = [codes(NAMES), codes(LAYERS)]
  const whole = prefixes.map((name) => [name, new RegExp(`^${patternOf(name)}$`)] as const)
  const layers = prefixes.flatMap((name) =>
    suffixes.map((suffix) => [name, suffix, new RegExp(`^${patternOf(name)}[./]${patternOf(suffix)}$`)] as const),
  )

  it('every name is in the tables', () => {
    expect(names.length).toBeGreaterThan(50)
    const constant = /activation\.normalization\.(scale|shift)$/
    const missing = names.filter(
      (name) =>
        !constant.test(name) &&
        !whole.some(([, pattern]) => pattern.test(name)) &&
        !layers.some(([, , pattern]) => pattern.test(name)),
    )
    expect(missing).toEqual([])
  })

  it('every row of the tables is some name', () => {
    const idle = prefixes.filter(
      (prefix) =>
        !whole.some(([name, pattern]) => name === prefix && names.some((each) => pattern.test(each))) &&
        !layers.some(([name, , pattern]) => name === prefix && names.some((each) => pattern.test(each))),
    )
    expect(idle).toEqual([])
    expect(
      suffixes.filter((suffix) =>
        layers.every(([, other, pattern]) => other !== suffix || !names.some((each) => pattern.test(each))),
      ),
    ).toEqual([])
  })
})

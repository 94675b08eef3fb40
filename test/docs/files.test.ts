/** The Python of the page on files runs as it stands, on a saved model, and what it writes is a model again. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PLE, denseFeature, predict, dataset, saveState } from '../../src/index.ts'
import { readModel, writeModel } from '../../src/node.ts'
import { interpreter, missing } from '../safetensors/python.ts'
import { blocksOf } from './documents.ts'

const absent = missing('safetensors', 'torch')

it.skipIf(absent !== undefined)(
  `the Python of docs/files.md changes a model${absent === undefined ? '' : `: ${absent}`}`,
  async () => {
    const [script] = blocksOf('docs/files.md').filter(({ language }) => language === 'py')
    const folder = mkdtempSync(join(tmpdir(), 'plegrad-'))
    try {
      const features = [denseFeature('age')]
      const model = new PLE({
        features,
        taskNames: ['like', 'stay'],
        taskTypes: ['regression', 'regression'],
        expertDnnHiddenUnits: [64],
        towerDnnHiddenUnits: [32],
      })
      await writeModel(join(folder, 'feed.safetensors'), model)
      const print = 'print(linear(torch.ones(1, 64)).sum().item())'
      const { stdout, stderr, status } = spawnSync(interpreter, ['-c', `${script.code}\n${print}`], {
        cwd: folder,
        encoding: 'utf8',
      })
      expect(status, stderr).toBe(0)
      const [told, sum] = stdout.trim().split('\n')
      expect(told).toMatch(/^PLE \{'taskNames': \['like', 'stay'\]/)

      // The layer in PyTorch is the one of the model, and not its transpose.
      const { 'towers.like.layers.0.weight': weight, 'towers.like.layers.0.bias': bias } = saveState(model)
      const expected = [...weight, ...bias].reduce((total, each) => total + each, 0)
      expect(Number(sum)).toBeCloseTo(expected, 3)

      const changed = await readModel(join(folder, 'changed.safetensors'))
      const data = dataset({ features, columns: { age: [1, 2, 3] } })
      const [before, after] = [predict(model, data), predict(changed, data)]
      expect([...after.like].map((each, at) => each - before.like[at])).toEqual(
        [0.1, 0.1, 0.1].map((each) => expect.closeTo(each, 5) as number),
      )
      expect(after.stay).toEqual(before.stay)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)

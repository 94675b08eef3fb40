/** A process that trains what it is told, one run at a time; its studies are those of the module that it was started with. */
import { RELAXED } from '../measure/relaxed.ts'
import { pathToFileURL } from 'node:url'
import { enableVectors } from '../../src/vectors.ts'
import type { Answer } from './hire.ts'
import type { Task } from './runner.ts'
import type { Study } from './study.ts'

// Ctrl-C reaches everyone at the terminal: it is the parent who decides what ends.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit())

// Only then the rest, since what vectors there are must be settled before anything compiles.
enableVectors()
const { STUDIES } = (await import(pathToFileURL(process.argv[2]).href)) as { readonly STUDIES: readonly Study[] }

async function train({ study, setting, cell, seed }: Task): Promise<Answer> {
  try {
    const found = STUDIES.find(({ name }) => name === study)
      ?.settings.find(({ name }) => name === setting)
      ?.cells.find(({ name }) => name === cell)
    if (!found) throw new Error(`expected a cell of study '${study}' but got no such one: is the module another?`)
    return { trained: { ...(await found.train(seed)), relaxedSimd: RELAXED } }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

process.on('message', (task: Task) => {
  void train(task).then((answer) => process.send?.(answer))
})

/**
 * Three tasks of the census: `node --import tsx examples/census/main.ts [FILE]`, of the nominal files by default, which
 * PLEGRAD_DATA has.
 */
import { join } from 'node:path'
import { dataFolder } from '../feed/sources/folder.ts'
import { census } from './census.ts'

const [file = join(dataFolder('census'), 'nominal_train.csv.gz')] = process.argv.slice(2)
const { rows, leftOut, scores } = await census(file)
console.log(`${rows.toLocaleString('en-US')} rows trained`)
for (const column of leftOut) console.log(`left out: ${column}`)
for (const [task, metrics] of Object.entries(scores))
  console.log(
    `${task}: ${Object.entries(metrics)
      .map(([name, value]) => `${name} ${value.toFixed(4)}`)
      .join(', ')}`,
  )

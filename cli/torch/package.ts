/** The folder of a training by PyTorch: the package that plegrad/pytorch writes, beside the plegrad.json that it trains by. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SavableModel } from '../../src/index.ts'
import { toPyTorch } from '../../src/pytorch.ts'
import type { Config } from '../config/read.ts'
import { asJSON } from '../terminal/print.ts'
import { told } from '../told.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

/** The package of a model by path. @throws RangeError for a model that Python would not compute as plegrad does. */
export const packageOf = (model: SavableModel, config: Config | undefined): Files => ({
  ...toPyTorch(model),
  ...(config && { 'plegrad.json': `${asJSON(config)}\n` }),
})

export function writePackage(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

/** @throws what `told` makes, where a folder has something that would lie among the files of a package. */
export function checkFolder(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw told(
      'usage',
      `expected no folder '${folder}', or an empty one, but got files: because a package would lie among them`,
    )
}

/**
 * Has a package train on by what plegrad.json says now.
 * @throws what `told` makes where rows, features or model are not those that the package was written of.
 */
export function renewSettings(folder: string, config: Config): void {
  const path = join(folder, 'plegrad.json')
  const before = JSON.parse(readFileSync(path, 'utf8')) as Config
  const odd = (Object.keys({ ...before, ...config }) as (keyof Config)[]).find(
    (name) => name !== 'training' && JSON.stringify(before[name]) !== JSON.stringify(config[name]),
  )
  if (odd !== undefined)
    throw told(
      'usage',
      `expected the ${odd} that this training began with but got another: because it would go on as another; take it back, or 'plegrad train --overwrite'`,
    )
  writeFileSync(path, `${asJSON(config)}\n`)
}

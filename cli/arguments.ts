/** What an argument of a command line may be. What it may not be is told in one line, before anything is read or trained. */
import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { InvalidArgumentError } from 'commander'

export const whole =
  (least: number) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`)
    return value
  }

/** Names with commas between. */
export const names = (text: string): readonly string[] => text.split(',').map((name) => name.trim())

/** Some of what there is, in its own order, whatever case and order they are given in. */
export const someOf =
  (known: readonly string[]) =>
  (text: string): readonly string[] => {
    const given = names(text).map((name) => name.toLowerCase())
    const found = known.filter((name) => given.includes(name.toLowerCase()))
    if (given.some((name) => !found.some((each) => each.toLowerCase() === name)))
      throw new InvalidArgumentError(`Expected some of ${known.join(', ')}, with commas between.`)
    return found
  }

/** A file that can be written once all is trained: better to learn now that it cannot. */
export function fileToWrite(path: string): string {
  const folder = dirname(resolve(path))
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new InvalidArgumentError(`There is no folder '${folder}'.`)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new InvalidArgumentError('That is a folder.')
  return path
}

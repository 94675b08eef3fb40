/** Finds the folders of real data, which are no part of the project; it refuses to go on without them. */
import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../../..')

/** The folder `name` of what PLEGRAD_DATA names, by default `../shared/data`, as seen from the repository. */
const folderOf = (name: string): string => join(resolve(ROOT, process.env.PLEGRAD_DATA ?? '../shared/data'), name)

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Whether the data of that name is there. */
export const hasData = (name: string): boolean => isFolder(folderOf(name))

/** @throws Error saying what to set, where the data of that name is not there. */
export function dataFolder(name: string): string {
  const folder = folderOf(name)
  if (isFolder(folder)) return folder
  throw new Error(
    `${name}: expected its files in ${folder} but got no such folder: set PLEGRAD_DATA to the folder that has '${name}' in it`,
  )
}

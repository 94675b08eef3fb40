/** docs/cli.md: its commands are run, in their order, and its plegrad.json is read and trained. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readConfig } from '../../cli/config/read.ts'
import { blocksOf } from '../docs/documents.ts'
import { FEED, built, folderOf, run, sql } from './built.ts'

it('runs as it is written', async () => {
  const cli = await built()
  const folder = folderOf('page')
  await sql(`COPY (${FEED}) TO '${folder}/feed.parquet'`)
  const blocks = blocksOf('docs/cli.md')
  const command = async (line: string): Promise<string> => {
    const { status, stdout, stderr } = await run(cli, folder, line.split(' ').slice(2))
    expect({ status, stderr }, line).toEqual({ status: 0, stderr: '' })
    return stdout
  }
  const lines = blocks.flatMap(({ language, code }) => (language === 'sh' ? code.trim().split('\n') : []))
  const commands = lines.filter((line) => line.startsWith('npx plegrad '))
  expect(commands.length).toBeGreaterThan(8)
  const file = join(folder, 'plegrad.json')
  for (const line of commands) {
    await command(line)
    // What init proposes would train for longer than a test may take: from here on it is the page's own.
    if (line.startsWith('npx plegrad init'))
      writeFileSync(file, blocks.find(({ language }) => language === 'json')!.code)
  }
  const wrong = blocks.find(({ language }) => language === 'json')!.code.replace('"minCount": 2', '"minCount": "2"')
  writeFileSync(file, wrong)
  const said = blocks.find(({ code }) => code.startsWith('plegrad.json:'))!.code.trim()
  expect(() => readConfig(file)).toThrow(said.replace(/^\S+: /, ''))
  const { stderr } = await run(cli, folder, ['train', '--overwrite'])
  expect(stderr.trim()).toBe(said)
})

/**
 * Changes the sources in small ways and tells which changes no test sees: `npm run mutants -- src/training/optimizers/clipping.ts`. A
 * file is tried against the tests of its own name where it has some, else against those of its floor.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'

const given = process.argv.slice(2)
const paths = given.length > 0 ? given : ['src/training', 'src/data', 'src/program']
let failed = false
for (const path of paths) {
  if (!path.startsWith('src/') || !existsSync(path)) {
    console.error(`mutants: expected a file or folder below src/ but got '${path}'`)
    process.exit(1)
  }
  const folder = statSync(path).isDirectory()
  const own = path.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts')
  const tests = folder || !existsSync(own) ? `test/${path.split('/')[1]}/**/*.test.ts` : own
  console.log(`mutants of ${path} against ${tests}`)
  const mutate = folder ? `${path.replace(/\/$/, '')}/**/*.ts` : path
  const args = ['stryker', 'run', 'stryker.config.js', '--mutate', mutate]
  const { status } = spawnSync('npx', args, { stdio: 'inherit', env: { ...process.env, MUTANTS_TESTS: tests } })
  failed ||= status !== 0
}
process.exitCode = failed ? 1 : 0

/** The page on this machine: `node --import tsx examples/browser/main.ts`, and where it is to be opened. */
import { buildPage } from './build.ts'
import { serve } from './serve.ts'

const FOLDER = '.cache/browser'
await buildPage(FOLDER)
const { url } = await serve(FOLDER, Number(process.argv[2] ?? 8080))
console.log(`open ${url}; the folder ${FOLDER} is all that a file server needs`)

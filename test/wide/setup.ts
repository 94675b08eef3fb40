/** Tests run as on a host that joins vectors: the process is told so by its flags, and backends by default. */
import { setWideByDefault } from '../../src/kernels/wasm/wide.ts'

if (!process.execArgv.includes('--experimental-wasm-revectorize'))
  throw new Error('expected a process that joins vectors but got one without the flag')
setWideByDefault(true)

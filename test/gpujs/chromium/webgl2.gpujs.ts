import { everything } from '../mode.ts'

await everything('webgl2')

import { everything } from '../mode.ts'

await everything('cpu')

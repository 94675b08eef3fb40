import { everything } from '../mode.ts'

await everything('webasm')

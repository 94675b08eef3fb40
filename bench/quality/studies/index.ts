/** The studies, in the order in which they are listed. */
import type { Study } from '../study.ts'
import { kuairand } from './kuairand.ts'

export const STUDIES: readonly Study[] = [kuairand]

/** The numbers of parameters as they were, for whoever may have to go back. It refuses to know why. */
import type { Parameter } from '../../tensor/index.ts'

/** Copies the numbers of parameters; what it returns puts them back. Throws where they are on a device. */
export function remember(parameters: readonly Parameter[]): () => void {
  const numbers = parameters.map(({ values }) => values.slice())
  return () => {
    parameters.forEach((parameter, index) => {
      parameter.assign(numbers[index])
    })
  }
}

/** Models as Python packages on PyTorch, contents. */
export { toPyTorch } from './toPyTorch.ts'

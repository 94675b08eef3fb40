/** plegrad/pytorch, contents: models as Python packages that train them by PyTorch, on one machine or many. */
export { toPyTorch } from './exchange/pytorch/index.ts'

/**
 * PLE in Python: PyTorch eager, with fused Adam and compiled, and JAX. Parameters and batches go over in files, so that
 * all start from the same numbers.
 */
import { parameters } from '../../src/index.ts'
import { isMissing } from '../measure/case.ts'
import type { Contestant, Entrant, Missing } from '../measure/case.ts'
import { python } from '../peers/python.ts'
import type { Python } from '../peers/python.ts'
import { STEPS } from './ours.ts'
import type { Told } from './ours.ts'
import { FEATURES, TASKS, model } from './workload.ts'

type How = 'eager' | 'fused' | 'compiled'

interface Peer {
  readonly name: string
  readonly script: 'torch_ple.py' | 'jax_ple.py'
  readonly threads: number
  /** Of PyTorch. */
  readonly how?: How
}

/** Adam's loop is `foreach` where nothing is said, which is what DeepCTR-Torch has. */
const torch = (name: string, how: How, threads: number): Peer => ({
  name,
  script: 'torch_ple.py',
  how,
  threads,
})
const jax = (threads: number): Peer => ({ name: `JAX ×${threads}`, script: 'jax_ple.py', threads })

/** Compiling takes seconds a batch size, so it is done for two threads alone: with one it is no quicker at any size. */
const TORCH: readonly Peer[] = [
  torch('torch eager ×1', 'eager', 1),
  torch('torch eager ×2', 'eager', 2),
  torch('torch fused ×1', 'fused', 1),
  torch('torch fused ×2', 'fused', 2),
  torch('torch.compile', 'compiled', 2),
]
const JAX: readonly Peer[] = [jax(1), jax(2)]

/** Names of the entrants that are PyTorch, and of those that do as DeepCTR-Torch does. */
export const TORCH_NAMES: readonly string[] = TORCH.map(({ name }) => name)
export const EAGER_NAMES: readonly string[] = TORCH.filter(({ how }) => how === 'eager').map(({ name }) => name)

/** How many threads XLA has is settled when it starts; PyTorch is told each time. */
const processOf = ({ script, threads }: Peer): Promise<Python | Missing> =>
  python(script, script === 'jax_ple.py' ? { PJRT_NPROC: String(threads) } : {})

/** Which case each process has loaded. */
const loaded = new WeakMap<Python, Told>()

async function load(process: Python, told: Told): Promise<void> {
  if (loaded.get(process) === told) return
  const { size, batches, meet } = told
  const ple = model(size)
  meet(ple)
  const own = parameters(ple)
  const { vocabulary, dimension, expert, tower, levels } = size
  const values = Object.values(own).map((parameter) => Float32Array.from(parameter.values))
  await process.ask('load', {
    shape: { features: FEATURES, vocabulary, dimension, tasks: TASKS, levels, expert, tower },
    parameters: process.file('parameters', values),
    shapes: Object.fromEntries(Object.entries(own).map(([path, { shape }]) => [path, shape])),
  })
  const [ids, labels] = [batches.map((one) => one.ids), batches.map((one) => one.labels)]
  await process.ask('batch', {
    rows: batches[0].rows,
    ids: process.file('ids', ids),
    labels: process.file('labels', labels),
  })
  loaded.set(process, told)
}

async function enter(peer: Peer, told: Told, what: 'step' | 'predict'): Promise<Contestant | Missing> {
  const process = await processOf(peer)
  if (isMissing(process)) return process
  await load(process, told)
  const { how, script, threads } = peer
  const { rows } = told.batches[0]
  const asked = script === 'jax_ple.py' ? { rows } : what === 'step' ? { how, threads, rows } : { threads, rows }
  // What compiles does so here: a run comes after.
  const proof =
    what === 'step'
      ? ((await process.ask('losses', { ...asked, steps: STEPS })).losses as number[][]).flat()
      : ((await process.ask('predict', { rows })).predictions as number[])
  const time = async (seconds: number): Promise<readonly number[]> =>
    (await process.ask(`time_${what}`, { ...asked, seconds })).milliseconds as number[]
  const ways = { eager: '', fused: ', fused Adam', compiled: ', torch.compile, fused Adam' }
  return {
    ran: `${process.ran}${what === 'step' && how ? ways[how] : ''}, ${threads} thread${threads > 1 ? 's' : ''}`,
    run: () => time(0),
    prove: () => proof,
    sample: time,
  }
}

const entrantsOf = (peers: readonly Peer[], told: Told, what: 'step' | 'predict'): readonly Entrant[] =>
  peers.map((peer) => ({ name: peer.name, side: 'peer', enter: () => enter(peer, told, what) }))

export const pythonSteps = (told: Told): readonly Entrant[] => entrantsOf([...TORCH, ...JAX], told, 'step')

/** One thread each: a row is too little work for two. */
export const pythonInferences = (told: Told): readonly Entrant[] => entrantsOf([TORCH[0], JAX[0]], told, 'predict')

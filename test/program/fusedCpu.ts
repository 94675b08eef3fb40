/** A CPU backend that offers every fused verb, each done literally by the plain calls that it stands for. */
import { cpu, cpu64, cpuKernels } from '../../src/kernels/index.ts'
import type { Backend, Floats, FusedKernels } from '../../src/kernels/index.ts'

export const fusedKernels: FusedKernels<Floats, Int32Array> = {
  denseEach(x, ws, cs, outs, b, i, os, relus) {
    ws.forEach((w, e) => {
      const c = cs[e]
      if (!c) cpuKernels.matmul(x, w, outs[e], b, i, os[e])
      else if (relus[e]) cpuKernels.denseRelu(x, w, c, outs[e], b, i, os[e])
      else cpuKernels.dense(x, w, c, outs[e], b, i, os[e])
    })
  },
  matmulNTSum(as, bs, out, m, ks, n) {
    const part = out.slice()
    out.fill(0)
    as.forEach((a, e) => {
      cpuKernels.matmulNT(a, bs[e], part, m, ks[e], n)
      cpuKernels.add(out.slice(), part, out, m * n)
    })
  },
  mixScaleSum(weights, xs, y, out, b, es, d, indices) {
    const part = out.slice()
    const total = out.slice().fill(0)
    xs.forEach((x, l) => {
      cpuKernels.mixScale(weights[l], x, part, b, es[l], d, indices[l])
      cpuKernels.add(total.slice(), part, total, b * d)
    })
    if (y) cpuKernels.reluGradient(total, y, out, b * d)
    else out.set(total)
  },
  gatherEach(tables, ids, out, b, ds) {
    const columns = tables.map((table, e) => {
      const named = ids[e]
      if (!named) return table
      const rows = out.slice(0, b * ds[e])
      cpuKernels.gather(table, named, rows, b, ds[e])
      return rows
    })
    cpuKernels.concat(columns, out, b, ds, 1)
  },
}

type Cpu = Backend<Floats, Int32Array>

export const fusedCpu: Cpu = { ...cpu, name: 'fused cpu', kernels: { ...cpuKernels, ...fusedKernels } }
export const fusedCpu64: Cpu = { ...cpu64, name: 'fused cpu64', kernels: { ...cpuKernels, ...fusedKernels } }

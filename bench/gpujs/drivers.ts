/** What is beneath a mode of GPU.js: the driver by the name it gives itself. A driver in software is always called one. */
import type { Mode } from '../../src/gpujs.ts'
import { deviceOf } from '../../src/kernels/gpujs/hardware.ts'
import type { Found, HeadlessGl } from '../../src/kernels/gpujs/hardware.ts'

/** The device's name, and that it is software, unless the name says so; or why there is none. */
export function driverText({ name = '', software, lack }: Found): string {
  return lack ?? (software && !/software/i.test(name) ? `${name} (software)` : name)
}

async function headlessGl(): Promise<HeadlessGl> {
  // Not a literal: the package is not installed everywhere.
  const name = 'gl'
  return ((await import(name)) as { readonly default: HeadlessGl }).default
}

export async function driverOf(mode: Mode): Promise<string> {
  if (mode === 'webasm') return 'WebAssembly, no GPU'
  if (mode === 'cpu') return 'JavaScript, no GPU'
  return driverText(await deviceOf(mode, globalThis, mode === 'headlessgl' ? await headlessGl() : undefined))
}

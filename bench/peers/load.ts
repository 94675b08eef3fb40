/** Peers are imported only when asked for, from bench/node_modules; one that is not there is missing and no error. */
import type { Missing } from '../measure/case.ts'
import { versionOf } from '../measure/machine.ts'

export const INSTALL = 'not installed: npm run bench:peers'

/** A peer's module, typed by whoever knows what it needs of it, or why it is missing. */
export async function load<T extends object>(name: string): Promise<T | Missing> {
  if (versionOf(name) === undefined) return { missing: INSTALL }
  try {
    const module = (await import(name)) as T & { readonly default?: T }
    // Modules of the old kind have their exports under `default` too, and some of them only there.
    return typeof module.default === 'object' ? { ...module.default, ...module } : module
  } catch (error) {
    return { missing: `does not load: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}` }
  }
}

/** Name and version, as results show them. */
export const versioned = (name: string): string => `${name} ${versionOf(name) ?? ''}`.trim()

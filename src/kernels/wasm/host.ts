/**
 * The little of WebAssembly that this folder needs, as the host offers it, or nothing where there is none: the core is
 * compiled without the types of any host.
 */

export interface Memory {
  readonly buffer: ArrayBuffer
}

/** A compiled binary; opaque. */
export interface Module {
  readonly module?: never
}

interface Host {
  validate(bytes: Uint8Array): boolean
  readonly Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => Memory
  readonly Module: new (bytes: Uint8Array) => Module
  readonly Instance: new (module: Module, imports: { env: { memory: Memory } }) => { readonly exports: unknown }
}

declare const WebAssembly: Host | undefined

export const host: Host | undefined = typeof WebAssembly === 'undefined' ? undefined : WebAssembly

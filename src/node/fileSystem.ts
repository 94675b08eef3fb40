/** What the floor needs of node:fs, for a core that is built without the types of Node. It has no code. */

export interface Stats {
  readonly size: number
  readonly mode: number
  isFile(): boolean
}

export declare function statSync(path: string, options: { readonly throwIfNoEntry: false }): Stats | undefined
export declare function realpathSync(path: string): string
export declare function openSync(path: string, flags: string, mode?: number): number
export declare function fchmodSync(descriptor: number, mode: number): void
export declare function writeSync(descriptor: number, bytes: Uint8Array, offset: number, length: number): number
export declare function fsync(
  descriptor: number,
  done: (error: (Error & { readonly code?: string }) | null) => void,
): void
export declare function closeSync(descriptor: number): void
export declare function renameSync(from: string, to: string): void
export declare function rmSync(path: string, options: { readonly force: true }): void
export declare function existsSync(path: string): boolean
export declare function mkdirSync(path: string, options: { readonly recursive: true }): void
export declare function readdirSync(path: string): string[]
export declare function readFileSync(path: string): Uint8Array
